// What is changed of an account.

import type { ChangeUser, UserInfo } from '@/generated/wire';
import { ask } from '@/state/api';

/** Gives the account as it is then. */
export const changeUser = (userId: string, change: ChangeUser): Promise<UserInfo> =>
  ask<UserInfo>('PATCH', `/api/users/${userId}`, change);
