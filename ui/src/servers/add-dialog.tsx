// Another server, from the switcher.

import { useTranslation } from 'react-i18next';
import { Dialog } from '@/parts/dialog';
import { ServerForm } from '@/screens/connect/server-form';
import { actions } from '@/state/actions';
import { showServersDialog } from './servers-store';

export function AddDialog() {
  const { t } = useTranslation();
  const close = () => showServersDialog(null);
  return (
    <Dialog open onOpenChange={close} title={t('settings.servers.add')}>
      <div className="overflow-y-auto px-6 pt-4 pb-6">
        <ServerForm
          onCancel={close}
          onDone={async () => {
            close();
            await actions.reconnectToHost();
          }}
        />
      </div>
    </Dialog>
  );
}
