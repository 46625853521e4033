// One invitation: for whom, by whom, and how it stands.

import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { InvitationInfo } from '@/generated/wire';
import { Time } from '@/lib/time';
import { Button } from '@/parts/button';
import { Sure } from '@/parts/sure';
import { RoleChip } from './role-chip';

interface Props {
  invitation: InvitationInfo;
  onRevoke: (invitation: InvitationInfo) => Promise<void>;
}

export function InvitationRow({ invitation, onRevoke }: Props) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const { note, state, createdBy, usedBy, role } = invitation;
  const open = state === 'open';
  const name = note === '' ? t('admin.invitation.nameless') : note;
  return (
    <li className="flex flex-col gap-2 py-3">
      <div className="flex items-center gap-3">
        <div className="min-w-0 flex-1">
          <p className="flex items-center gap-2">
            <span className={`truncate ${note === '' ? 'text-ink-soft' : 'font-medium'}`}>{name}</span>
            <RoleChip role={role} />
          </p>
          <p className="text-sm text-ink-faint">
            {open ? (
              <>
                {t('admin.invitation.until')} <Time at={invitation.expiresAt} />
              </>
            ) : usedBy === undefined ? (
              t(`admin.invitation.state.${state}`)
            ) : (
              t('admin.invitation.usedBy', { name: usedBy.name })
            )}
            {' · '}
            {createdBy === undefined ? null : `${t('admin.invitation.by', { name: createdBy.name })}, `}
            <Time at={invitation.createdAt} />
          </p>
        </div>
        {!open || asking ? null : (
          <Button
            size="sm"
            tone="danger"
            aria-label={t('admin.invitation.revokeLabel', { name })}
            data-asks onClick={() => setAsking(true)}
          >
            {t('admin.invitation.revoke')}
          </Button>
        )}
      </div>
      {asking ? (
        <Sure
          question={t('admin.invitation.sure')}
          yes={t('admin.invitation.revoke')}
          onYes={() => onRevoke(invitation)}
          onDone={() => setAsking(false)}
        />
      ) : null}
    </li>
  );
}
