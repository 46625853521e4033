// A new invitation: for what role, how long, for whom; then its link, which is shown this once.

import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { InvitationMade, UserRole } from '@/generated/wire';
import { exactTime } from '@/i18n/relative-time';
import { Button } from '@/parts/button';
import { Field, TextField } from '@/parts/field';
import { Notice } from '@/parts/notice';
import { SegmentedControl } from '@/parts/segmented-control';
import { Select } from '@/parts/select';
import { useTask } from '@/parts/use-task';
import { ask } from '@/state/api';
import { CopyLine } from '../settings/copy-line';
import { addressForOthers } from './address-for-others';
import { givable, useOwnRole } from './roles';

const HOURS = ['1', '24', '72', '168', '720'] as const;
const LONGEST_NOTE = 128;

export function InvitationForm({ onMade }: { onMade: () => void }) {
  const { t } = useTranslation();
  const own = useOwnRole();
  const { run, busy, error } = useTask();
  const [role, setRole] = useState<UserRole>('member');
  const [hours, setHours] = useState<string>('72');
  const [note, setNote] = useState('');
  const [made, setMade] = useState<{ link: string; invitation: InvitationMade['invitation'] } | null>(null);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void run(async () => {
      const address = await addressForOthers();
      const asked = { role, expiresInHours: Number(hours), ...(note.trim() !== '' && { note: note.trim() }) };
      const { code, invitation } = await ask<InvitationMade>('POST', '/api/invitations', asked);
      setMade({ link: `${address}/#invite=${encodeURIComponent(code)}`, invitation });
      setNote('');
      onMade();
    });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-5">
      <div>
        <h2 className="text-lg font-semibold">{t('admin.invitation.title')}</h2>
        <p className="mt-0.5 text-ink-soft">{t('admin.invitation.intro')}</p>
      </div>
      <div className="flex flex-col gap-1.5">
        <SegmentedControl
          label={t('admin.invitation.role')}
          value={role}
          onValueChange={setRole}
          segments={givable(own).map((value) => ({ value, label: t(`admin.role.${value}`) }))}
          className="max-w-md"
        />
        <p className="text-sm text-ink-faint">{t(`admin.roleHint.${role}`)}</p>
      </div>
      <div className="flex flex-wrap gap-x-5 gap-y-4">
        <TextField
          label={t('admin.invitation.note')}
          placeholder={t('admin.invitation.notePlaceholder')}
          maxLength={LONGEST_NOTE}
          autoComplete="off"
          value={note}
          onChange={(event) => setNote(event.target.value)}
          className="min-w-52 flex-1"
        />
        <Field label={t('admin.invitation.expires')} className="min-w-44">
          {({ id, 'aria-describedby': described }) => (
            <Select
              id={id}
              aria-describedby={described}
              value={hours}
              onValueChange={setHours}
              options={HOURS.map((value) => ({ value, label: t(`admin.invitation.for.${value}`) }))}
            />
          )}
        </Field>
      </div>
      {error === null ? null : (
        <Notice tone="danger" live>
          {error}
        </Notice>
      )}
      <div>
        <Button type="submit" tone="primary" busy={busy}>
          {t('admin.invitation.make')}
        </Button>
      </div>
      {made === null ? null : (
        <div role="status" className="flex animate-rise-in flex-col gap-2 rounded-lg bg-accent-wash p-4">
          <p className="font-medium text-accent">{t('admin.invitation.made', { role: t(`admin.role.${made.invitation.role}`) })}</p>
          <CopyLine text={made.link} label={t('admin.copyLink')} />
          <p className="text-sm text-ink-soft">{t('admin.invitation.once', { time: exactTime(made.invitation.expiresAt) })}</p>
        </div>
      )}
    </form>
  );
}
