// A store read by a component, as Zustand does it: the whole state, or what a selector picks.

import { useSyncExternalStore } from 'react';
import type { Store } from '@parlor/client';

/** `select` gives the same value for the same state, or the component renders without end. */
export function useStore<State, Part = State>(
  store: Store<State>,
  select: (state: State) => Part = (state) => state as unknown as Part,
): Part {
  const read = () => select(store.getState());
  return useSyncExternalStore(store.subscribe, read, read);
}
