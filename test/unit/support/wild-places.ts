/** Where a token can be put: a part of a request, made from the token. */
export type Place = (token: string) => { header?: [name: string, value: string]; pair?: string; segment?: string };

const percent = (text: string): string =>
  Array.from(text, (character) => `%${character.charCodeAt(0).toString(16).padStart(2, "0")}`).join("");
const halfPercent = (text: string): string =>
  Array.from(text, (character, index) => (index % 3 === 0 ? percent(character) : character)).join("");
const urlSafe = (text: string): string => btoa(text).replaceAll("+", "-").replaceAll("/", "_");

/** The slots of WIRE §2.1 and the ways in which they are written. */
export const SLOTS: Record<string, Place> = {
  bearer: (token) => ({ header: ["Authorization", `Bearer ${token}`] }),
  "bearer in odd case": (token) => ({ header: ["aUTHORIZATION", `bEaReR   ${token} `] }),
  "python's token scheme": (token) => ({ header: ["authorization", `Token ${token}`] }),
  "x-api-key": (token) => ({ header: ["X-Api-Key", token] }),
  "x-goog-api-key": (token) => ({ header: ["x-goog-API-key", token] }),
  "?key": (token) => ({ pair: `key=${token}` }),
  "?KEY": (token) => ({ pair: `KEY=${percent(token)}` }),
  "?%6bey": (token) => ({ pair: `%6be%79=${halfPercent(token)}` }),
  "?access_token": (token) => ({ pair: `access_token=${token}` }),
  subprotocol: (token) => ({ header: ["Sec-WebSocket-Protocol", `realtime, openai-insecure-api-key.${token}`] }),
};

/** Places where no client should put a token, and where somebody will. */
export const STRAYS: Record<string, Place> = {
  "basic authorization": (token) => ({ header: ["authorization", `Basic ${btoa(`user:${token}`)}`] }),
  "bare authorization": (token) => ({ header: ["authorization", token] }),
  "header, raw": (token) => ({ header: ["x-note", `before ${token} after`] }),
  "header, percent-encoded": (token) => ({ header: ["x-note", percent(token)] }),
  "header, base64": (token) => ({ header: ["x-trace", btoa(token)] }),
  "header, base64 within": (token) => ({ header: ["x-trace", `v1.${urlSafe(`id:${token}:x`)}`] }),
  "header name": (token) => ({ header: [token, "1"] }),
  referer: (token) => ({ header: ["referer", `https://page.example/?k=${halfPercent(token)}&x=%zz`] }),
  cookie: (token) => ({ header: ["cookie", `session=${token}`] }),
  "api-key": (token) => ({ header: ["api-key", token] }),
  connection: (token) => ({ header: ["connection", token] }),
  "query, raw": (token) => ({ pair: `note=${token}` }),
  "query, percent-encoded": (token) => ({ pair: `note=${percent(token)}` }),
  "query, beside a malformed escape": (token) => ({ pair: `note=%zz${percent(token)}%e9` }),
  "query, encoded twice": (token) => ({ pair: `note=${encodeURIComponent(percent(token))}` }),
  "query, base64": (token) => ({ pair: `note=${encodeURIComponent(btoa(`a${token}`))}` }),
  "query name": (token) => ({ pair: `${halfPercent(token)}=1` }),
  "query, other credential": (token) => ({ pair: `$key=${token}` }),
  "path, raw": (token) => ({ segment: token }),
  "path, percent-encoded": (token) => ({ segment: percent(token) }),
  "path, beside a malformed escape": (token) => ({ segment: `%zz${halfPercent(token)}` }),
  "path, base64": (token) => ({ segment: urlSafe(token) }),
};
