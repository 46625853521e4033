// The key of a provider: said where it is kept; set, replaced, forgotten; never shown.

import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { toast } from 'sonner';
import type { WireProvider } from '@/client/wire';
import { Button } from '@/parts/button';
import { Notice } from '@/parts/notice';
import { removeWithUndo, useIsLeaving } from '@/parts/undoable';
import { useTask } from '@/parts/use-task';
import { actions } from '@/state/actions';
import { KeyField } from '../connect/key-field';
import { useKeyPlace } from '../connect/use-key-place';

export function KeyEditor({ provider }: { provider: WireProvider }) {
  const { t } = useTranslation();
  const [editing, setEditing] = useState(false);
  const leaving = useIsLeaving()(`key ${provider.providerId}`);
  const { providerId, name } = provider;
  const state = leaving ? 'none' : provider.key;
  if (editing) return <KeyForm provider={provider} onDone={() => setEditing(false)} />;
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <div className="min-w-0 flex-1">
        <p className="font-medium">{t('settings.provider.key')}</p>
        <p className="text-sm text-ink-soft">{t(`settings.provider.keyState.${state}`)}</p>
      </div>
      <Button size="sm" onClick={() => setEditing(true)}>
        {state === 'none' ? t('settings.provider.setKey') : t('settings.provider.replaceKey')}
      </Button>
      {state === 'keyring' || state === 'session' ? (
        <Button
          size="sm"
          tone="danger"
          onClick={() =>
            removeWithUndo(`key ${providerId}`, t('settings.provider.keyForgotten', { name }), () =>
              actions.setProviderKey(providerId, null, false),
            )
          }
        >
          {t('settings.provider.forgetKey')}
        </Button>
      ) : null}
    </div>
  );
}

function KeyForm({ provider, onDone }: { provider: WireProvider; onDone: () => void }) {
  const { t } = useTranslation();
  const place = useKeyPlace();
  const task = useTask();
  const [key, setKey] = useState('');
  const [sessionOnly, setSessionOnly] = useState(false);
  const [wrong, setWrong] = useState<string>();

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const plain = key.trim();
    const refused =
      plain === ''
        ? t('reason.empty_key')
        : place === 'no-keyring' && !sessionOnly
          ? t('reason.keyring_unavailable')
          : undefined;
    setWrong(refused);
    if (refused !== undefined) return;
    const worked = await task.run(() => actions.setProviderKey(provider.providerId, plain, sessionOnly));
    if (!worked) return;
    setKey('');
    toast(t('settings.provider.keySaved', { name: provider.name }));
    onDone();
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4" noValidate>
      <KeyField
        value={key}
        onValueChange={setKey}
        sessionOnly={sessionOnly}
        onSessionOnlyChange={setSessionOnly}
        place={place}
        error={wrong}
      />
      {task.error === null ? null : (
        <Notice tone="danger" live>
          {task.error}
        </Notice>
      )}
      <div className="flex gap-2">
        <Button size="sm" tone="primary" type="submit" busy={task.busy}>
          {t('common.save')}
        </Button>
        <Button size="sm" tone="quiet" onClick={onDone}>
          {t('common.cancel')}
        </Button>
      </div>
    </form>
  );
}
