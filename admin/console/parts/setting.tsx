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

/** One setting: its name, what it is, and how it is changed. */
export function Setting({ name, children }: PropsWithChildren<{ name: string }>) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
