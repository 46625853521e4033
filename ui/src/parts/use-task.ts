// One thing at a time that may take a while and may fail: whether it runs, and what went wrong.

import { useCallback, useEffect, useRef, useState } from 'react';
import { errorText } from '@/i18n/reason-text';

export interface Task {
  busy: boolean;
  /** The last failure, in words. */
  error: string | null;
  /** Runs `work`; gives whether it succeeded. A failure is kept in `error`. */
  run: (work: () => Promise<unknown>) => Promise<boolean>;
  clear: () => void;
}

export function useTask(): Task {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const shown = useRef(true);
  useEffect(() => {
    shown.current = true;
    return () => {
      shown.current = false;
    };
  }, []);
  const run = useCallback(async (work: () => Promise<unknown>) => {
    setBusy(true);
    setError(null);
    try {
      await work();
      return true;
    } catch (problem) {
      if (shown.current) setError(errorText(problem));
      return false;
    } finally {
      if (shown.current) setBusy(false);
    }
  }, []);
  const clear = useCallback(() => setError(null), []);
  return { busy, error, run, clear };
}
