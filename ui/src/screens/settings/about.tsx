// What this is, in which version, and where its things are kept.

import { useTranslation } from 'react-i18next';
import { Mark } from '@/lib/mark';
import { Button } from '@/parts/button';
import { actions } from '@/state/actions';
import { useApp } from '@/state/app-store';
import { useVersion } from './use-version';

export function About() {
  const { t } = useTranslation();
  const server = useApp((state) => state.server);
  const version = useVersion(server?.url);
  const facts: [string, string | undefined][] = [
    [t('settings.about.version'), version],
    [t('settings.about.server'), server?.serverId === 'local' ? t('sidebar.thisComputer') : server?.serverName],
  ];
  return (
    <div className="flex max-w-lg flex-col gap-6">
      <div className="flex items-center gap-4">
        <Mark className="size-12" />
        <p className="font-reading text-xl font-medium">{t('app.name')}</p>
      </div>
      <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1">
        {facts.map(([name, value]) =>
          value === undefined ? null : (
            <div key={name} className="contents">
              <dt className="text-ink-faint">{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
        )}
      </dl>
      <p className="font-reading text-reading text-ink-soft">{t('settings.about.protocol')}</p>
      <p className="text-sm text-ink-faint">{t('settings.about.license')}</p>
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => actions.show('shortcuts')}>{t('settings.about.shortcuts')}</Button>
        <Button
          onClick={() => {
            actions.show('none');
            actions.showMonitor(true);
          }}
        >
          {t('monitor.open')}
        </Button>
        <Button onClick={() => actions.show('first-run')}>{t('settings.about.showWelcome')}</Button>
      </div>
    </div>
  );
}
