// Where answers come from: the providers, which one answers, their keys.

import { Plus, Radar } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { toast } from 'sonner';
import { Busy } from '@/parts/busy';
import { Button } from '@/parts/button';
import { Notice } from '@/parts/notice';
import { useIsLeaving } from '@/parts/undoable';
import { useTask } from '@/parts/use-task';
import { actions } from '@/state/actions';
import { useApp } from '@/state/app-store';
import { LocalModels } from '../connect/local-models';
import { ProviderForm } from '../connect/provider-form';
import { ProviderRow } from './provider-row';

type Adding = 'nothing' | 'provider' | 'local';

export function Models() {
  const { t } = useTranslation();
  const providers = useApp((state) => state.providers);
  const mayManage = useApp((state) => state.person?.role !== 'member');
  const isLeaving = useIsLeaving();
  const [adding, setAdding] = useState<Adding>('nothing');
  const { run, error, busy } = useTask();
  useEffect(() => {
    if (mayManage) void run(() => actions.loadProviders());
  }, [mayManage, run]);

  const connected = (name: string, count: number) => {
    setAdding('nothing');
    toast(`${t('settings.provider.saved', { name })} ${t('provider.works', { count })}`);
  };
  if (!mayManage) return <p className="text-ink-soft">{t('settings.provider.membersOnly')}</p>;
  const shown = (providers ?? []).filter((provider) => !isLeaving(`provider ${provider.providerId}`));
  return (
    <div className="flex max-w-xl flex-col gap-6">
      <p className="text-ink-soft">{t('settings.provider.intro')}</p>
      {error === null ? null : (
        <Notice tone="danger" live>
          {error}
        </Notice>
      )}
      {providers === null && busy ? <Busy words={t('common.loading')} /> : null}
      {providers !== null && shown.length === 0 ? <p>{t('settings.provider.empty')}</p> : null}
      {shown.length === 0 ? null : (
        <ul aria-label={t('settings.provider.list')} className="-mx-3 flex flex-col gap-0.5">
          {shown.map((provider) => (
            <ProviderRow key={provider.providerId} provider={provider} />
          ))}
        </ul>
      )}
      {adding === 'nothing' ? (
        <div className="flex flex-wrap gap-2">
          <Button icon={<Plus size={16} aria-hidden />} onClick={() => setAdding('provider')}>
            {t('settings.provider.add')}
          </Button>
          <Button icon={<Radar size={16} aria-hidden />} onClick={() => setAdding('local')}>
            {t('settings.provider.findLocal')}
          </Button>
        </div>
      ) : (
        <section
          aria-label={adding === 'provider' ? t('settings.provider.add') : t('settings.provider.findLocal')}
          className="flex flex-col gap-5 border-t pt-6"
        >
          <h3 className="text-lg font-semibold">
            {adding === 'provider' ? t('settings.provider.add') : t('settings.provider.findLocal')}
          </h3>
          {adding === 'provider' ? (
            <ProviderForm onDone={connected} onCancel={() => setAdding('nothing')} />
          ) : (
            <>
              <LocalModels onDone={connected} />
              <div>
                <Button tone="quiet" onClick={() => setAdding('nothing')}>
                  {t('common.cancel')}
                </Button>
              </div>
            </>
          )}
        </section>
      )}
    </div>
  );
}
