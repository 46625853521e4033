// The servers this device knows. In a browser there is one: where the page came from.

import { Plus } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Busy } from '@/parts/busy';
import { Button } from '@/parts/button';
import { Notice } from '@/parts/notice';
import { removeWithUndo, useIsLeaving } from '@/parts/undoable';
import { useTask } from '@/parts/use-task';
import { host, type Desktop, type ServerEntry } from '@/platform';
import { actions } from '@/state/actions';
import { useApp } from '@/state/app-store';
import { ServerForm } from '../connect/server-form';

export function Servers() {
  return host.desktop === null ? <InBrowser /> : <InApp desktop={host.desktop} />;
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

function InApp({ desktop }: { desktop: Desktop }) {
  const { t } = useTranslation();
  const [servers, setServers] = useState<ServerEntry[] | null>(null);
  const [adding, setAdding] = useState(false);
  const isLeaving = useIsLeaving();
  const task = useTask();
  const { run } = task;
  const load = useCallback(() => run(async () => setServers(await desktop.servers())), [run, desktop]);
  useEffect(() => void load(), [load]);

  const use = (id: string) =>
    void run(async () => {
      await desktop.useServer(id);
      await actions.reconnectToHost();
      setServers(await desktop.servers());
    });
  const remove = (server: ServerEntry) =>
    removeWithUndo(`server ${server.id}`, t('settings.servers.removed', { name: server.name }), async () => {
      await desktop.removeServer(server.id);
      if (server.active) await actions.reconnectToHost();
      setServers(await desktop.servers());
    });

  return (
    <div className="flex max-w-xl flex-col gap-6">
      <p className="text-ink-soft">{t('settings.servers.intro')}</p>
      {task.error === null ? null : (
        <Notice tone="danger" live>
          {task.error}
        </Notice>
      )}
      {servers === null && task.busy ? <Busy words={t('common.loading')} /> : null}
      <ul className="flex flex-col divide-y divide-line">
        {(servers ?? [])
          .filter((server) => !isLeaving(`server ${server.id}`))
          .map((server) => (
            <ServerRow key={server.id} server={server} busy={task.busy} onUse={use} onRemove={remove} />
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
              await load();
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

interface ServerRowProps {
  server: ServerEntry;
  busy: boolean;
  onUse: (id: string) => void;
  onRemove: (server: ServerEntry) => void;
}

function ServerRow({ server, busy, onUse, onRemove }: ServerRowProps) {
  const { t } = useTranslation();
  const local = server.id === 'local';
  const name = local ? t('sidebar.thisComputer') : server.name;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
      <div className="min-w-0 flex-1 basis-40">
        <p className="flex items-center gap-2 font-medium">
          <span className="truncate">{name}</span>
          {server.active ? (
            <span className="rounded-full bg-accent-wash px-2 py-0.5 text-xs text-accent">{t('settings.servers.current')}</span>
          ) : null}
        </p>
        <p className="truncate text-sm text-ink-faint">
          {local ? t('settings.servers.localHint') : `${server.address} · ${server.user}`}
        </p>
      </div>
      <div className="flex gap-1">
        {server.active ? null : (
          <Button
            size="sm"
            disabled={busy}
            aria-label={t('settings.servers.useLabel', { name })}
            onClick={() => onUse(server.id)}
          >
            {t('settings.servers.use')}
          </Button>
        )}
        {local ? null : (
          <Button
            size="sm"
            tone="danger"
            aria-label={t('settings.servers.removeLabel', { name })}
            onClick={() => onRemove(server)}
          >
            {t('settings.servers.remove')}
          </Button>
        )}
      </div>
    </li>
  );
}
