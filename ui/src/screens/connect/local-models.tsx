// Model servers found running on the server's computer; one click connects.

import { RotateCw } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FoundProvider } from '@/client/wire';
import { Busy } from '@/parts/busy';
import { Button } from '@/parts/button';
import { EmptyState } from '@/parts/empty-state';
import { Notice } from '@/parts/notice';
import { useTask } from '@/parts/use-task';
import { actions } from '@/state/actions';
import { connectProvider } from './connect-provider';

export function LocalModels({ onDone }: { onDone: (name: string, models: number) => void }) {
  const { t } = useTranslation();
  const [found, setFound] = useState<FoundProvider[] | null>(null);
  const search = useTask();
  const { run } = search;
  const look = () => {
    setFound(null);
    void run(async () => setFound(await actions.findProviders()));
  };
  useEffect(() => void run(async () => setFound(await actions.findProviders())), [run]);

  const again = (
    <Button size="sm" tone={found?.length === 0 ? 'plain' : 'quiet'} icon={<RotateCw size={14} aria-hidden />} onClick={look}>
      {t('local.again')}
    </Button>
  );
  if (search.busy) return <Busy atOnce words={t('local.looking')} className="py-6" />;
  if (search.error !== null) {
    return (
      <Notice tone="danger" live action={again}>
        {search.error}
      </Notice>
    );
  }
  if (found === null || found.length === 0) {
    return (
      <EmptyState title={t('local.none')} hint={t('local.noneHint')}>
        {again}
      </EmptyState>
    );
  }
  return (
    <div className="flex flex-col gap-2">
      <ul className="flex flex-col divide-y divide-line">
        {found.map((provider) => (
          <FoundRow key={provider.baseUrl} provider={provider} onDone={onDone} />
        ))}
      </ul>
      <div>{again}</div>
    </div>
  );
}

function FoundRow({ provider, onDone }: { provider: FoundProvider; onDone: (name: string, models: number) => void }) {
  const { t } = useTranslation();
  const task = useTask();
  const { name, baseUrl, models } = provider;
  const first = models[0];
  const connect = async () => {
    let count = 0;
    const worked = await task.run(async () => {
      const offered = await connectProvider({
        id: provider.providerId,
        name,
        baseUrl,
        key: '',
        sessionOnly: false,
        preferredModel: first ?? '',
      });
      count = offered.length;
    });
    if (worked) onDone(name, count);
  };
  return (
    <li className="flex flex-col gap-2 py-3">
      <div className="flex items-center gap-4">
        <div className="min-w-0 flex-1">
          <p className="font-medium">
            {name}
            {first === undefined ? null : (
              <span className="font-normal text-ink-faint"> · {t('provider.modelCount', { count: models.length })}</span>
            )}
          </p>
          <p className="truncate text-sm text-ink-faint">
            {first === undefined ? t('local.noModels') : t('local.firstModel', { model: first })}
          </p>
        </div>
        <Button
          tone="primary"
          busy={task.busy}
          disabled={first === undefined}
          aria-label={t('local.useLabel', { name })}
          onClick={() => void connect()}
        >
          {t('local.use')}
        </Button>
      </div>
      {task.error === null ? null : (
        <Notice tone="danger" live>
          {task.error}
        </Notice>
      )}
    </li>
  );
}
