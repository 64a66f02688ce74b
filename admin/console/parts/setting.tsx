import type { PropsWithChildren } from "hono/jsx";

/** Settings that belong together. */
export function SettingList({ title, children }: PropsWithChildren<{ title: string }>) {
  return (
    <section class="panel">
      <h2>{title}</h2>
      <dl class="settings">{children}</dl>
    </section>
  );
}
