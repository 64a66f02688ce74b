const KEYS: readonly (readonly [keys: readonly string[], does: string])[] = [
  [["/"], "Search"],
  [["j"], "Next token; the arrow down too, where a token has the focus"],
  [["k"], "Token before; the arrow up too"],
  [["x"], "Select the token, or not"],
  [["Enter"], "Open the token"],
  [["?"], "Show this"],
];

/** What the keys of the list do. The script opens it; without the script there are no such keys. */
export function KeysHelp() {
  return (
    <dialog id="keys" class="keys" aria-labelledby="keys-title">
      <h2 id="keys-title">Keyboard</h2>
      <dl>
        {KEYS.map(([keys, does]) => (
          <div>
            <dt>
              {keys.map((key) => (
                <kbd>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <label class="choice">
        <input type="checkbox" data-keys-on="" checked />
        Use these keys in this browser
      </label>
      <form class="actions" method="dialog">
        <button class="button" type="submit">
          Close
        </button>
      </form>
    </dialog>
  );
}
