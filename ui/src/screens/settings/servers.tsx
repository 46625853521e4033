// The servers this device knows. In a browser there is one: where the page came from.

import { Plus } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { reasonText } from '@/i18n/reason-text';
import { Busy } from '@/parts/busy';
import { Button } from '@/parts/button';
import { Notice } from '@/parts/notice';
import { useTask } from '@/parts/use-task';
import { host, type ServerEntry } from '@/platform';
import { ServerDot } from '@/servers/server-dot';
import { loadServers, showServersDialog, useServers } from '@/servers/servers-store';
import { switchServer } from '@/servers/switch-server';
import { UnreadBadge } from '@/servers/unread-badge';
import { useNewsWords } from '@/servers/use-news-words';
import { useConnectionWord } from '@/shell/use-connection-word';
import { actions } from '@/state/actions';
import { useApp } from '@/state/app-store';
import { ServerForm } from '../connect/server-form';

export function Servers() {
  return host.desktop === null ? <InBrowser /> : <InApp />;
}

function InBrowser() {
  const { t } = useTranslation();
  const server = useApp((state) => state.server?.serverName ?? '');
  const name = useApp((state) => state.person?.name ?? '');
  return (
    <div className="flex max-w-lg flex-col items-start gap-5">
      <p>{t('settings.servers.browserHint', { server, name })}</p>
      <Button onClick={() => void actions.signOut()}>{t('settings.servers.signOut')}</Button>
    </div>
  );
}

function InApp() {
  const { t } = useTranslation();
  const servers = useServers((state) => state.list);
  const [adding, setAdding] = useState(false);
  const task = useTask();
  const { run } = task;
  useEffect(() => void run(loadServers), [run]);

  return (
    <div className="flex max-w-xl flex-col gap-6">
      <p className="text-ink-soft">{t('settings.servers.intro')}</p>
      {task.error === null ? null : (
        <Notice tone="danger" live>
          {task.error}
        </Notice>
      )}
      {servers.length === 0 && task.busy ? <Busy words={t('common.loading')} /> : null}
      <ul className="flex flex-col divide-y divide-line">
        {servers.map((server) => (
          <ServerRow key={server.id} server={server} />
        ))}
      </ul>
      {adding ? (
        <section aria-label={t('settings.servers.add')} className="flex flex-col gap-5 border-t pt-6">
          <h3 className="text-lg font-semibold">{t('settings.servers.add')}</h3>
          <ServerForm
            onCancel={() => setAdding(false)}
            onDone={async () => {
              setAdding(false);
              await actions.reconnectToHost();
            }}
          />
        </section>
      ) : (
        <div>
          <Button icon={<Plus size={16} aria-hidden />} onClick={() => setAdding(true)}>
            {t('settings.servers.add')}
          </Button>
        </div>
      )}
    </div>
  );
}

function ServerRow({ server }: { server: ServerEntry }) {
  const { t } = useTranslation();
  const words = useNewsWords();
  const word = useConnectionWord();
  const kind = useApp((state) => state.connection.kind);
  const news = useServers((state) => state.news[server.id]);
  const local = server.id === 'local';
  const name = local ? t('sidebar.thisComputer') : server.name;
  const trouble = !server.active && news?.problem === 'certificate_changed';
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
      <div className="min-w-0 flex-1 basis-40">
        <p className="flex items-center gap-2 font-medium">
          <ServerDot kind={server.active ? kind : (news?.kind ?? null)} trouble={trouble} />
          <span className="min-w-0 wrap-anywhere">{name}</span>
          {server.active ? (
            <span className="shrink-0 rounded-full bg-accent-wash px-2 py-0.5 text-xs text-accent">{t('settings.servers.current')}</span>
          ) : (
            <UnreadBadge count={news?.unread ?? 0} />
          )}
        </p>
        <p className="text-sm wrap-anywhere text-ink-faint">
          {local ? t('settings.servers.localHint') : `${server.address} · ${server.user}`}
        </p>
        <p className="text-sm text-ink-faint">{server.active ? word : words(news)}</p>
        {server.certificate === undefined ? null : (
          <p className="mt-1 text-xs break-all text-ink-faint">
            {t('servers.certificate')} <span className="font-mono">{server.certificate}</span>
          </p>
        )}
        {trouble ? <p className="mt-1 text-sm text-danger">{reasonText('certificate_changed')}</p> : null}
      </div>
      <div className="flex gap-1">
        {server.active ? null : (
          <Button size="sm" aria-label={t('settings.servers.useLabel', { name })} onClick={() => void switchServer(server.id)}>
            {t('settings.servers.use')}
          </Button>
        )}
        {local ? null : (
          <>
            <Button
              size="sm"
              aria-label={t('servers.renameLabel', { name })}
              onClick={() => showServersDialog({ kind: 'rename', server })}
            >
              {t('servers.rename')}
            </Button>
            <Button
              size="sm"
              tone="danger"
              aria-label={t('settings.servers.removeLabel', { name })}
              onClick={() => showServersDialog({ kind: 'remove', server })}
            >
              {t('settings.servers.remove')}
            </Button>
          </>
        )}
      </div>
    </li>
  );
}
