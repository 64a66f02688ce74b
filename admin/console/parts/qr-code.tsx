import { encode } from "uqr";

/** Light modules around the code, without which readers don't find it (ISO/IEC 18004, 6.3.8). */
const QUIET = 4;

/**
 * A QR code as one SVG path. Dark on light in either colour scheme: many readers take no inverted one.
 *
 * @param name what the code holds, for whom it can't be seen
 */
export function QrCode({ name, text }: { name: string; text: string }) {
  const { data, size } = encode(text, { ecc: "M", border: QUIET });
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={name} shape-rendering="crispEdges">
      <rect class="light" width={size} height={size} />
      <path class="dark" d={path} />
    </svg>
  );
}
