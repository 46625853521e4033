// What a role means here: who may manage, and whom.

import type { UserRole } from '@/generated/wire';
import { useApp } from '@/state/app-store';

export const ROLES: readonly UserRole[] = ['member', 'admin', 'owner'];

export const isAbove = (one: string, other: string): boolean =>
  ROLES.indexOf(one as UserRole) > ROLES.indexOf(other as UserRole);

/** The roles that whoever has `own` may give. */
export const givable = (own: string): readonly UserRole[] => ROLES.filter((role) => !isAbove(role, own));

/** `null` while nobody knows yet who is signed in. */
export function useMayManage(): boolean | null {
  return useApp(({ person }) => (person === null ? null : person.role === 'owner' || person.role === 'admin'));
}

export const useOwnRole = (): string => useApp(({ person }) => person?.role ?? 'member');
