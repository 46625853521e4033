// What an answer may point to. Everything that is not named here is shown as text.

// Without TLS whoever is on the way may put a page of their own in its place, so `http:` is none.
const SAFE = new Set(['https:', 'mailto:']);
const PICTURE = /^data:image\/(png|jpeg|gif|webp|avif);base64,[a-z0-9+/=\s]+$/i;
// Control characters and white space let "java\tscript:" pass for a scheme in some parsers.
// eslint-disable-next-line no-control-regex
const ODD = /[\u0000-\u0020\u007f-\u00a0\u200b-\u200f\u2028-\u202e\u2060\ufeff]/;

/** The address as the platform may open it, or null. Relative addresses lead nowhere in a chat. */
export function safeLink(href: unknown): string | null {
  if (typeof href !== 'string' || ODD.test(href) || !URL.canParse(href)) return null;
  const url = new URL(href);
  // "https://bank.example@evil.example" reads as the bank.
  if (!SAFE.has(url.protocol) || url.username !== '' || url.password !== '') return null;
  return url.href;
}

/** The address of a plain link, which is shown beside its words instead: it may be copied. */
export function plainAddress(href: unknown): string | null {
  if (typeof href !== 'string' || ODD.test(href) || !URL.canParse(href)) return null;
  return new URL(href).protocol === 'http:' ? href : null;
}

export type ImageSource =
  | { kind: 'inline'; src: string }
  | { kind: 'remote'; url: string; host: string }
  | { kind: 'refused' };

/** An image inside the answer, one on another computer, or neither. SVG can carry script: refused. */
export function imageSource(src: unknown): ImageSource {
  if (typeof src !== 'string') return { kind: 'refused' };
  if (PICTURE.test(src)) return { kind: 'inline', src };
  const url = safeLink(src);
  if (url === null || url.startsWith('mailto:')) return { kind: 'refused' };
  return { kind: 'remote', url, host: new URL(url).host };
}
