// A device brought the code: its name, the number that it shows too, and whose it is. Nothing is let
// in without this yes.

import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { AnswerPairing, PairingRequest } from '@/generated/wire';
import { Button } from '@/parts/button';
import { Dialog } from '@/parts/dialog';
import { TextField } from '@/parts/field';
import { Notice } from '@/parts/notice';
import { useTask } from '@/parts/use-task';
import { askHere } from './at-this-computer';
import { Whose, type Owner } from './whose';

interface ConfirmDeviceProps {
  request: PairingRequest;
  onDone: () => void;
}

export function ConfirmDevice({ request, onDone }: ConfirmDeviceProps) {
  const { t } = useTranslation();
  const { run, busy, error } = useTask();
  const [owner, setOwner] = useState<Owner>('own');
  const [name, setName] = useState('');
  const [tried, setTried] = useState(false);
  const answer = (asked: AnswerPairing) =>
    run(async () => {
      await askHere('POST', `/api/pairing/${request.requestId}`, asked);
      onDone();
    });
  const missing = owner === 'guest' && name.trim() === '';
  const allow = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (missing) return;
    void answer(owner === 'own' ? { decision: 'own' } : { decision: 'guest', name: name.trim() });
  };
  return (
    <Dialog
      open
      bare
      quiet
      // Closing it is a no: a device that waits is not forgotten by a click beside it.
      onOpenChange={() => void answer({ decision: 'refuse' })}
      title={t('sharing.confirm.title', { device: request.device })}
      description={t('sharing.confirm.hint', { address: request.address })}
    >
      <form onSubmit={allow} noValidate className="flex flex-col gap-5 overflow-y-auto px-6 pt-4 pb-6">
        <p className="rounded-md bg-wash px-4 py-3 text-center">
          <span className="block text-sm text-ink-soft">{t('sharing.confirm.number')}</span>
          <span className="font-mono text-2xl font-semibold tracking-[0.25em]">{request.number}</span>
        </p>
        <Whose value={owner} onChange={setOwner} />
        {owner === 'guest' ? (
          <TextField
            label={t('sharing.confirm.guestName')}
            hint={t('sharing.confirm.guestNameHint')}
            value={name}
            maxLength={64}
            onChange={(event) => setName(event.target.value)}
            error={tried && missing ? t('common.required') : undefined}
          />
        ) : null}
        {error === null ? null : (
          <Notice tone="danger" live>
            {error}
          </Notice>
        )}
        <div className="flex flex-wrap justify-end gap-2">
          <Button tone="quiet" disabled={busy} onClick={() => void answer({ decision: 'refuse' })}>
            {t('sharing.confirm.refuse')}
          </Button>
          <Button tone="primary" type="submit" busy={busy}>
            {t('sharing.confirm.allow')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
