// Who is invited: a new one at the top, then those that still wait, then what became of the others.

import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { toast } from 'sonner';
import type { InvitationInfo, InvitationList } from '@/generated/wire';
import { Busy } from '@/parts/busy';
import { Failure } from '@/parts/failure';
import { useLoaded } from '@/parts/use-loaded';
import { ask } from '@/state/api';
import { InvitationForm } from './invitation-form';
import { InvitationRow } from './invitation-row';
import { Page } from './page';

const load = async () => (await ask<InvitationList>('GET', '/api/invitations')).invitations;
/** The past is long; so much of it is shown until somebody wants more. */
const FEW = 20;

export function Invitations() {
  const { t } = useTranslation();
  const { data, error, reload } = useLoaded(load);
  const [all, setAll] = useState(false);
  const open = (data ?? []).filter(({ state }) => state === 'open');
  const past = (data ?? []).filter(({ state }) => state !== 'open');
  const revoke = async ({ invitationId }: InvitationInfo) => {
    await ask('DELETE', `/api/invitations/${invitationId}`);
    toast(t('admin.invitation.revokedToast'));
    await reload();
  };

  return (
    <Page>
      <InvitationForm onMade={() => void reload()} />
      <section className="mt-10 flex flex-col gap-1" aria-label={t('admin.invitation.open')}>
        <h2 className="text-xs text-ink-faint">{t('admin.invitation.open')}</h2>
        {error === null ? null : <Failure error={error} onRetry={() => void reload()} />}
        {data === null && error === null ? <Busy words={t('common.loading')} className="py-3" /> : null}
        {data !== null && open.length === 0 ? <p className="py-3 text-ink-soft">{t('admin.invitation.noneOpen')}</p> : null}
        <Rows invitations={open} onRevoke={revoke} />
      </section>
      {past.length === 0 ? null : (
        <details className="mt-8">
          <summary className="touch-area w-fit rounded-xs py-1 text-xs text-ink-faint hover:text-ink-soft">
            {t('admin.invitation.past', { count: past.length })}
          </summary>
          <Rows invitations={all ? past : past.slice(0, FEW)} onRevoke={revoke} />
          {all || past.length <= FEW ? null : (
            <button type="button" className="mt-2 min-h-8 pointer-coarse:min-h-touch rounded-sm text-accent hover:underline" onClick={() => setAll(true)}>
              {t('admin.showAll')}
            </button>
          )}
        </details>
      )}
    </Page>
  );
}

interface RowsProps {
  invitations: readonly InvitationInfo[];
  onRevoke: (invitation: InvitationInfo) => Promise<void>;
}

function Rows({ invitations, onRevoke }: RowsProps) {
  if (invitations.length === 0) return null;
  return (
    <ul className="flex flex-col divide-y divide-line">
      {invitations.map((invitation) => (
        <InvitationRow key={invitation.invitationId} invitation={invitation} onRevoke={onRevoke} />
      ))}
    </ul>
  );
}
