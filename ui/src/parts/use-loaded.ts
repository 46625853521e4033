// Something that the server has: asked for when it is first shown, and again when told to. What was
// there stays on the screen while it is asked for again.

import { useCallback, useEffect, useRef, useState } from 'react';

export interface Loaded<T> {
  data: T | null;
  /** The last failure; what was loaded before it is still there. */
  error: unknown;
  loading: boolean;
  reload: () => Promise<void>;
  /** Changes what is shown without asking. */
  change: (alter: (data: T) => T) => void;
}

/** `load` must keep its identity (`useCallback`, or a function of a module). */
export function useLoaded<T>(load: () => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ data: T | null; error: unknown; loading: boolean }>({ data: null, error: null, loading: true });
  const newest = useRef(0);
  const reload = useCallback(async () => {
    newest.current += 1;
    const mine = newest.current;
    setState((before) => ({ ...before, loading: true }));
    try {
      const data = await load();
      if (mine === newest.current) setState({ data, error: null, loading: false });
    } catch (error) {
      if (mine === newest.current) setState((before) => ({ ...before, error, loading: false }));
    }
  }, [load]);
  useEffect(() => {
    void reload();
    return () => {
      newest.current += 1;
    };
  }, [reload]);
  const change = useCallback(
    (alter: (data: T) => T) =>
      setState((before) => (before.data === null ? before : { ...before, data: alter(before.data) })),
    [],
  );
  return { ...state, reload, change };
}
