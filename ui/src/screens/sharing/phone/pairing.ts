// The code of a pairing that this browser was opened with, or is about to be told: while there is one,
// its screen stands before all others.

import { create } from 'zustand';
import { host } from '@/platform';
import { session } from '@/state/current-session';

const useCode = create<{ code: string | null }>(() => ({ code: null }));

/** `null` where nobody pairs; empty where the code is yet to be typed. */
export function useBroughtCode(): string | null {
  return useCode((state) => state.code);
}

/** Takes the code out of the address; whether there was one. */
export function takePairing(): boolean {
  const code = host.browserAccount?.takePairing() ?? null;
  useCode.setState({ code });
  return code !== null;
}

/** Somebody has a code to type. */
export function bringCode(): void {
  useCode.setState({ code: '' });
}

/** Goes on: as whoever is signed in now, or to the sign-in. */
export function leavePairing(): void {
  useCode.setState({ code: null });
  session().connection.start();
}
