// What of pairing is under way at this computer, kept up to date: a question that the server answers
// when something changed.

import { useCallback, useEffect, useRef, useState } from 'react';
import type { PairingCode, PairingState } from '@/generated/wire';
import { askHere } from './at-this-computer';

const RETRY_AFTER_MS = 2000;

export interface Pairing {
  state: PairingState | null;
  /** The code that was made here and waits for its device. */
  code: PairingCode | null;
  begin: () => Promise<void>;
  /** Its device came, and was answered. */
  done: () => void;
  cancel: () => Promise<void>;
  /** Asks at once, after something was done that the server tells nobody. */
  refresh: () => Promise<void>;
}

export function usePairing(active: boolean): Pairing {
  const [state, setState] = useState<PairingState | null>(null);
  const [code, setCode] = useState<PairingCode | null>(null);

  useEffect(() => {
    if (!active) return;
    let shown = true;
    const follow = async () => {
      let since = '';
      while (shown) {
        try {
          const now = await askHere<PairingState>('GET', `/api/pairing${since}`);
          since = `?since=${now.revision}`;
          if (shown) setState(now);
        } catch {
          since = '';
          await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS));
        }
      }
    };
    void follow();
    return () => {
      shown = false;
    };
  }, [active]);

  // A code that is on the screen when the screen goes is nobody's any more.
  const waiting = useRef(false);
  useEffect(
    () => () => {
      if (waiting.current) void withdraw().catch(() => undefined);
    },
    [],
  );

  const show = useCallback((next: PairingCode | null) => {
    waiting.current = next !== null;
    setCode(next);
  }, []);
  const begin = useCallback(async () => show(await askHere<PairingCode>('POST', '/api/pairing')), [show]);
  const done = useCallback(() => show(null), [show]);
  const cancel = useCallback(async () => {
    show(null);
    await withdraw();
  }, [show]);
  const refresh = useCallback(async () => setState(await askHere<PairingState>('GET', '/api/pairing')), []);
  return { state, code, begin, done, cancel, refresh };
}

const withdraw = () => askHere('DELETE', '/api/pairing');
