/**
 * The page needs a style sheet and its forms. No script, nothing of another host's, no frame around it that could catch a
 * click; and no address of it that is told to anyone.
 */
const POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/**
 * Answers with a page.
 *
 * @param policy its content security policy; left out: that of a page without a script
 */
export function page(text: string, status = 200, policy = POLICY): Response {
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": policy,
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
  };
  return new Response(text, { status, headers });
}

/**
 * Answers with a file of a page. Browsers ask each time whether it is new: a page must never meet an older release's file.
 *
 * @param type without its charset
 */
export const asset = (text: string, type: string): Response =>
  new Response(text, {
    headers: {
      "content-type": `${type}; charset=utf-8`,
      "cache-control": "no-cache",
      "x-content-type-options": "nosniff",
    },
  });
