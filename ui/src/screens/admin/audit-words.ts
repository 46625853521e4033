// What of a line of the log is to be noticed, and its detail in the reader's language.

import type { AuditAction, AuditLine } from '@/generated/wire';
import { i18next } from '@/i18n';
import en from '@/i18n/en.json';
import { ROLES } from './roles';

/** The server's word for the place of its own commands. */
const COMMAND_LINE = 'command line';

const WORRYING: readonly AuditAction[] = ['sign_in_refused', 'token_reused'];

export const isWorrying = (action: AuditAction): boolean => WORRYING.includes(action);

type KnownAction = keyof typeof en.admin.log.action;

const isKnown = (action: string): action is KnownAction => Object.hasOwn(en.admin.log.action, action);

/** What was done; a newer server's word for it where this page has none. */
export const actionText = (action: string): string =>
  isKnown(action) ? i18next.t(`admin.log.action.${action}`) : action.replaceAll('_', ' ');

/** Roles are words of the wire; everything else is a name or a number. */
export function detailText({ action, detail }: AuditLine): string {
  if (action === 'role_changed') {
    const [before, after] = detail.split(' to ');
    if (isRole(before) && isRole(after)) return `${roleWord(before)} → ${roleWord(after)}`;
  }
  return isRole(detail) ? roleWord(detail) : detail;
}

/** By whom and from where; `null` where it was the server itself. */
export function whence({ actor, address }: AuditLine): string | null {
  const place = address === COMMAND_LINE ? i18next.t('admin.log.commandLine') : address;
  const told = [actor?.name, place].filter((text) => text !== undefined && text !== '');
  return told.length === 0 ? null : told.join(' · ');
}

type RoleWord = (typeof ROLES)[number];

const isRole = (word: string | undefined): word is RoleWord => ROLES.includes(word as RoleWord);

const roleWord = (role: RoleWord): string => i18next.t(`admin.role.${role}`);
