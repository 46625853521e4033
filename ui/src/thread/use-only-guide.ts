// Whether nothing but the built-in guide answers: it is no model, and the screen must say so. An
// empty list alone does not mean that: a provider may be there and not have answered yet.

import type { AppState } from '@/state/types';
import { useApp } from '@/state/app-store';

export function onlyGuide({ models, providers }: Pick<AppState, 'models' | 'providers'>): boolean {
  const { list, problems, loaded } = models;
  if (!loaded || problems.length > 0) return false;
  if (list.length > 0) return list.every((model) => model.provider === 'guide');
  return providers === null || providers.every(({ providerId }) => providerId === 'guide');
}

export const useOnlyGuide = (): boolean => useApp(onlyGuide);
