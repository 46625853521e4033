// A small store with the interface of Zustand's: `getState`, `setState`, `subscribe`.

import { Emitter } from './emitter';

export interface Store<State> {
  getState(): State;
  setState(change: Partial<State> | ((state: State) => Partial<State>)): void;
  subscribe(listener: (state: State, before: State) => void): () => void;
}

export function createStore<State extends object>(
  make: (set: Store<State>['setState'], get: Store<State>['getState']) => State,
): Store<State> {
  const changes = new Emitter<{ state: State; before: State }>();
  const store: Store<State> = {
    getState: () => state,
    setState(change) {
      const before = state;
      state = { ...before, ...(typeof change === 'function' ? change(before) : change) };
      changes.emit({ state, before });
    },
    subscribe: (listener) => changes.on(({ state: now, before }) => listener(now, before)),
  };
  let state = make(store.setState, store.getState);
  return store;
}
