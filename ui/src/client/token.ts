// What a client reads of its own token: whose it is. It verifies nothing; the server does.

/** The account that a JWT names, or an empty word for what is none. */
export function accountOf(token: string | null): string {
  const payload = token?.split('.')[1];
  if (payload === undefined) return '';
  try {
    const json = atob(payload.replaceAll('-', '+').replaceAll('_', '/'));
    const claims = JSON.parse(json) as { sub?: unknown; userId?: unknown } | null;
    return String(claims?.sub ?? claims?.userId ?? '');
  } catch {
    return '';
  }
}
