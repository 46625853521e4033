// What a client reads of its own token: whose it is. It verifies nothing; the server does.

interface Claims {
  sub?: unknown;
  userId?: unknown;
  exp?: unknown;
}

function claimsOf(token: string | null): Claims | null {
  const payload = token?.split('.')[1];
  if (payload === undefined) return null;
  try {
    return JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as Claims | null;
  } catch {
    return null;
  }
}

/** The account that a JWT names, or an empty word for what is none. */
export function accountOf(token: string | null): string {
  const claims = claimsOf(token);
  return String(claims?.sub ?? claims?.userId ?? '');
}

/** When a JWT ends, in milliseconds since 1970; `null` where it does not say. */
export function expiryOf(token: string | null): number | null {
  const exp = claimsOf(token)?.exp;
  return typeof exp === 'number' ? exp * 1000 : null;
}
