import type { PolicyName } from "../../../shared/record.ts";
import { PRESET_NAMES, type PresetName, PRESETS } from "../presets.ts";

interface CardProps {
  action: string;
  title: string;
  about: string;
  current: boolean;
}

function Card({ action, title, about, current }: CardProps) {
  return (
    <li>
      <button class="card" type="submit" formaction={action} formnovalidate aria-current={current ? "true" : undefined}>
        <span class="label">{title}</span> <span class="sub">{about}</span>
      </button>
    </li>
  );
}

interface PresetsProps {
  /** The form's own address: a card sends what was entered there, and the form comes back filled anew. */
  path: string;
  current: PresetName | null;
  /** Named policies to follow, where the form can. */
  policies?: readonly PolicyName[];
  /** Id of the one that is followed; empty: none. */
  follow?: string;
  /** What stayed as the owner had it when the form was filled anew. */
  kept: readonly string[];
}

/** More of them make a list that nobody reads; all stand in the form's own field. */
const MAX_POLICIES = 6;

/** What the form can be filled with, each a button that loses nothing of what was entered. */
export function Presets({ path, current, policies = [], follow = "", kept }: PresetsProps) {
  return (
    <fieldset class="presets" id="presets">
      <legend>Who or what is it for?</legend>
      <ul class="plain cards">
        {PRESET_NAMES.map((name) => (
          <Card
            action={`${path}?preset=${name}`}
            title={PRESETS[name].title}
            about={PRESETS[name].about}
            current={follow === "" && name === current}
          />
        ))}
        {policies.slice(0, MAX_POLICIES).map(({ id, name }) => (
          <Card
            action={`${path}?policy=${encodeURIComponent(id)}`}
            title={`Follow ${name}`}
            about="Its rules, and changes with it"
            current={follow === id}
          />
        ))}
      </ul>
      {kept.length > 0 && current !== null && (
        <output class="message">
          As you had it: {kept.join(", ")}. <a href={`${path}?preset=${current}`}>Start anew with this preset alone</a>
        </output>
      )}
      <input type="hidden" name="preset" value={current ?? ""} />
    </fieldset>
  );
}
