import { describe, it } from "vitest";
import style from "../../../../admin/console/built/style.txt";

// What WCAG 2.2 asks of graphics (1.4.11), by its own formula; OKLab as its author gives it.

type Colour = { l: number; c: number; h: number };

const share = (text: string): number => (text.endsWith("%") ? Number(text.slice(0, -1)) / 100 : Number(text));

function colourOf(text: string): Colour {
  const [l = "", c = "", h = "0"] = text.split(" ");
  return { l: share(l), c: Number(c), h: (Number(h) * Math.PI) / 180 };
}

/** Both colours of a custom property, light and dark. */
function coloursOf(name: string): [light: Colour, dark: Colour] {
  const found = new RegExp(`--${name}: ?light-dark\\( ?oklch\\(([^)]+)\\), ?oklch\\(([^)]+)\\)`).exec(style);
  if (found === null) throw new Error(`The style sheet has no --${name}.`);
  return [colourOf(found[1] ?? ""), colourOf(found[2] ?? "")];
}

function luminance({ l, c, h }: Colour): number {
  const [a, b] = [c * Math.cos(h), c * Math.sin(h)];
  const long = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const rgb = [
    4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
    -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
    -0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short,
  ].map((one) => Math.min(1, Math.max(0, one)));
  return 0.2126 * (rgb[0] ?? 0) + 0.7152 * (rgb[1] ?? 0) + 0.0722 * (rgb[2] ?? 0);
}

function contrast(one: Colour, other: Colour): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

const KEYS = [1, 2, 3, 4, 5, 6, 7].map((key) => coloursOf(`key-${key}`));

describe("the colours of what is stacked", () => {
  for (const [scheme, place] of [
    ["light", 0],
    ["dark", 1],
  ] as const) {
    it(`stand out from the panel, ${scheme}`, ({ expect }) => {
      const panel = coloursOf("panel")[place];
      for (const key of KEYS) expect(contrast(key[place], panel)).toBeGreaterThanOrEqual(3);
    });

    it(`are by turns dark and light, so that no neighbours need their hues, ${scheme}`, ({ expect }) => {
      KEYS.slice(1).forEach((key, index) => {
        const before = KEYS[index];
        expect(before === undefined ? 0 : contrast(key[place], before[place])).toBeGreaterThanOrEqual(2);
      });
    });
  }

  it("measures as WCAG does", ({ expect }) => {
    expect(contrast({ l: 1, c: 0, h: 0 }, { l: 0, c: 0, h: 0 })).toBeCloseTo(21, 1);
  });
});
