// One person in the list: who, in which role, when last here.

import { ChevronRight } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { UserInfo } from '@/generated/wire';
import { Time } from '@/lib/time';
import { useApp } from '@/state/app-store';
import { Initial } from './initial';
import { RoleChip } from './role-chip';

interface Props {
  user: UserInfo;
  at: number;
  of: number;
  onOpen: () => void;
}

export function PersonRow({ user, at, of, onOpen }: Props) {
  const { t } = useTranslation();
  const you = useApp((state) => state.person?.userId === user.userId);
  return (
    <div role="listitem" aria-setsize={of} aria-posinset={at + 1}>
      <button
        type="button"
        onClick={onOpen}
        className="flex min-h-14 w-full items-center gap-3.5 rounded-md px-3 py-2 text-left hover:bg-wash focus-visible:-outline-offset-2"
      >
        <Initial name={user.name} faded={!user.enabled} />
        <span className="min-w-0 flex-1">
          <span className="flex items-center gap-2">
            <span className={`truncate font-medium ${user.enabled ? '' : 'text-ink-faint line-through'}`}>{user.name}</span>
            {you ? <span className="text-xs text-ink-faint">{t('admin.people.you')}</span> : null}
          </span>
          <span className="block truncate text-sm text-ink-faint">
            {!user.enabled ? (
              t('admin.people.closed')
            ) : user.seenAt === undefined ? (
              t('admin.people.nowhere')
            ) : (
              <>
                {t('admin.people.devices', { count: user.devices })} · <Time at={user.seenAt} />
              </>
            )}
          </span>
        </span>
        <RoleChip role={user.role} />
        <ChevronRight size={16} aria-hidden className="shrink-0 text-ink-faint" />
      </button>
    </div>
  );
}
