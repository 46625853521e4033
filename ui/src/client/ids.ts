// Ids that the client makes: for messages and for chats begun offline. `crypto.randomUUID` exists
// only in secure contexts, and a phone on the LAN speaks plain HTTP.

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZabcdefghijkmnpqrstuvwxyz';

/** 22 letters, more than 120 bits of chance; fits the wire's rule for ids. */
export function makeId(prefix: string): string {
  const bytes = crypto.getRandomValues(new Uint8Array(22));
  let id = prefix;
  for (const byte of bytes) id += ALPHABET[byte % ALPHABET.length] ?? '0';
  return id;
}
