// A server leaves this device; what it has stays there.

import { useTranslation } from 'react-i18next';
import { Button } from '@/parts/button';
import { Dialog } from '@/parts/dialog';
import { Notice } from '@/parts/notice';
import { useTask } from '@/parts/use-task';
import type { ServerEntry } from '@/platform';
import { showServersDialog } from './servers-store';
import { removeServer } from './switch-server';

export function RemoveDialog({ server }: { server: ServerEntry }) {
  const { t } = useTranslation();
  const { run, busy, error } = useTask();
  const close = () => showServersDialog(null);
  return (
    <Dialog
      open
      onOpenChange={close}
      title={t('servers.removeTitle', { name: server.name })}
      description={t('servers.removeHint', { user: server.user })}
    >
      <div className="flex flex-col gap-5 px-6 pt-4 pb-6">
        {error === null ? null : (
          <Notice tone="danger" live>
            {error}
          </Notice>
        )}
        <div className="flex justify-end gap-2">
          <Button tone="quiet" onClick={close}>
            {t('common.cancel')}
          </Button>
          <Button
            tone="danger"
            busy={busy}
            className="border border-current"
            onClick={() => void run(() => removeServer(server)).then((done) => done && close())}
          >
            {t('servers.removeYes')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
