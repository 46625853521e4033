// Another name for a server, on this device.

import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/parts/button';
import { Dialog } from '@/parts/dialog';
import { TextField } from '@/parts/field';
import { Notice } from '@/parts/notice';
import { useTask } from '@/parts/use-task';
import type { ServerEntry } from '@/platform';
import { showServersDialog } from './servers-store';
import { renameServer } from './switch-server';

const LONGEST = 60;

export function RenameDialog({ server }: { server: ServerEntry }) {
  const { t } = useTranslation();
  const { run, busy, error } = useTask();
  const [name, setName] = useState(server.name);
  const close = () => showServersDialog(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === '') return;
    void run(() => renameServer(server.id, name)).then((done) => done && close());
  };
  return (
    <Dialog open onOpenChange={close} title={t('servers.renameTitle', { name: server.name })}>
      <form onSubmit={submit} className="flex flex-col gap-5 px-6 pt-4 pb-6">
        <TextField
          label={t('servers.name')}
          hint={t('servers.nameHint', { address: server.address })}
          maxLength={LONGEST}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        {error === null ? null : (
          <Notice tone="danger" live>
            {error}
          </Notice>
        )}
        <div className="flex justify-end gap-2">
          <Button tone="quiet" onClick={close}>
            {t('common.cancel')}
          </Button>
          <Button tone="primary" type="submit" busy={busy}>
            {t('common.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
