// The session of this window. It exists from boot on; asking before is a defect.

import type { Session } from './session';

let current: Session | null = null;

export function setSession(session: Session): void {
  current = session;
}

export function session(): Session {
  if (current === null) throw new Error('no session before boot');
  return current;
}
