// Whether nothing but the built-in guide answers: it is no model, and the screen must say so.

import { useApp } from '@/state/app-store';

export function useOnlyGuide(): boolean {
  return useApp(
    ({ models }) => models.loaded && models.list.every((model) => model.provider === 'guide'),
  );
}
