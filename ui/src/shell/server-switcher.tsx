// Which server, and how it is: at the top of the sidebar. In the app it also switches.

import { ChevronsUpDown, LogOut, MonitorSmartphone, Plus, Settings2, ShieldCheck } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Mark } from '@/lib/mark';
import { Menu, MenuContent, MenuItem, MenuLabel, MenuSeparator, MenuTrigger } from '@/parts/menu';
import { host } from '@/platform';
import { ServerItem } from '@/servers/server-item';
import { loadServers, showServersDialog, useServers } from '@/servers/servers-store';
import { UnreadBadge } from '@/servers/unread-badge';
import { actions } from '@/state/actions';
import { useApp } from '@/state/app-store';
import { useConnectionWord } from './use-connection-word';

export function ServerSwitcher() {
  const { t } = useTranslation();
  const servers = useServers((state) => state.list);
  const elsewhere = useServers((state) => Object.values(state.news).reduce((sum, { unread }) => sum + unread, 0));
  const server = useApp((state) => state.server);
  const person = useApp((state) => state.person);
  const state = useApp((app) => app.connection.kind);
  const word = useConnectionWord();
  const name =
    server === null ? 'Parlor' : server.serverId === 'local' ? t('sidebar.thisComputer') : server.serverName;

  const opened = (open: boolean) => {
    if (open) void loadServers();
  };

  return (
    <Menu onOpenChange={opened}>
      <MenuTrigger asChild>
        <button
          type="button"
          className="group flex min-w-0 flex-1 items-center gap-2.5 rounded-md p-1.5 text-left hover:bg-wash data-[state=open]:bg-wash"
        >
          <Mark className="size-7 shrink-0" />
          <span className="min-w-0 flex-1">
            <span className="block truncate font-semibold leading-tight" title={name}>
              {name}
            </span>
            <span className="flex items-center gap-1.5 text-xs leading-tight text-ink-soft">
              <span
                className={`size-1.5 shrink-0 rounded-full ${
                  state === 'online' ? 'bg-accent' : state === 'connecting' ? 'bg-ink-faint animate-pulse-quiet' : 'bg-warn'
                }`}
              />
              <span className="truncate">{word}</span>
            </span>
          </span>
          <UnreadBadge count={elsewhere} />
          <span className="sr-only">{t('sidebar.switchServer')}</span>
          <ChevronsUpDown size={14} aria-hidden="true" className="shrink-0 text-ink-faint" />
        </button>
      </MenuTrigger>
      <MenuContent align="start">
        {person !== null && <MenuLabel>{t('sidebar.signedInAs', { name: person.name })}</MenuLabel>}
        {servers.map((entry, at) => (
          <ServerItem key={entry.id} server={entry} place={at + 1} word={word} />
        ))}
        {host.desktop !== null && (
          <>
            <MenuSeparator />
            <MenuItem icon={<Plus size={15} />} onSelect={() => showServersDialog({ kind: 'add' })}>
              {t('sidebar.addServer')}
            </MenuItem>
            <MenuItem icon={<Settings2 size={15} />} onSelect={() => actions.show('settings', 'servers')}>
              {t('servers.manage')}
            </MenuItem>
          </>
        )}
        {(person?.role === 'owner' || person?.role === 'admin') && (
          <MenuItem icon={<ShieldCheck size={15} />} onSelect={() => actions.showAdmin()}>
            {t('admin.open')}
          </MenuItem>
        )}
        <MenuItem icon={<MonitorSmartphone size={15} />} onSelect={() => actions.show('settings', 'devices')}>
          {t('settings.section.devices')}
        </MenuItem>
        {host.browserAccount !== null && (
          <MenuItem icon={<LogOut size={15} />} onSelect={() => void actions.signOut()}>
            {t('sidebar.signOut')}
          </MenuItem>
        )}
      </MenuContent>
    </Menu>
  );
}
