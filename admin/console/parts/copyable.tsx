/** Text to copy. The enhancement script puts a button behind it; without it, one click selects all of it. */
export function Copyable({ name, text }: { name: string; text: string }) {
  return (
    <div class="copyable">
      <code data-copy={name}>{text}</code>
    </div>
  );
}
