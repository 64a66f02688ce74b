import type { PropsWithChildren } from "hono/jsx";

/** One entry of a `<dl>`: a name, and what is so called. */
export function Fact({ name, children }: PropsWithChildren<{ name: string }>) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
