// Which server, and how it is: at the top of the sidebar. In the app it also switches.

import { Check, ChevronsUpDown, LogOut, Plus, Server } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { toast } from 'sonner';
import { errorText } from '@/i18n/reason-text';
import { Mark } from '@/lib/mark';
import { Menu, MenuContent, MenuItem, MenuLabel, MenuSeparator, MenuTrigger } from '@/parts/menu';
import { host, type ServerEntry } from '@/platform';
import { actions } from '@/state/actions';
import { useApp } from '@/state/app-store';
import { useConnectionWord } from './use-connection-word';

async function use(id: string): Promise<void> {
  try {
    await host.desktop?.useServer(id);
    await actions.reconnectToHost();
  } catch (error) {
    toast.error(errorText(error));
  }
}

export function ServerSwitcher() {
  const { t } = useTranslation();
  const [servers, setServers] = useState<ServerEntry[]>([]);
  const server = useApp((state) => state.server);
  const person = useApp((state) => state.person);
  const state = useApp((app) => app.connection.kind);
  const word = useConnectionWord();
  const name =
    server === null ? 'Parlor' : server.serverId === 'local' ? t('sidebar.thisComputer') : server.serverName;

  const opened = (open: boolean) => {
    if (open) host.desktop?.servers().then(setServers, () => setServers([]));
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
            <span className="block truncate font-semibold leading-tight">{name}</span>
            <span className="flex items-center gap-1.5 text-xs leading-tight text-ink-soft">
              <span
                className={`size-1.5 shrink-0 rounded-full ${
                  state === 'online' ? 'bg-accent' : state === 'connecting' ? 'bg-ink-faint animate-pulse-quiet' : 'bg-warn'
                }`}
              />
              <span className="truncate">{word}</span>
            </span>
          </span>
          <span className="sr-only">{t('sidebar.switchServer')}</span>
          <ChevronsUpDown size={14} aria-hidden="true" className="shrink-0 text-ink-faint" />
        </button>
      </MenuTrigger>
      <MenuContent align="start">
        {person !== null && <MenuLabel>{t('sidebar.signedInAs', { name: person.name })}</MenuLabel>}
        {servers.map((entry) => (
          <MenuItem
            key={entry.id}
            icon={entry.active ? <Check size={15} /> : <Server size={15} />}
            onSelect={() => void (entry.active ? undefined : use(entry.id))}
          >
            {entry.id === 'local' ? t('sidebar.thisComputer') : entry.name}
          </MenuItem>
        ))}
        {host.desktop !== null && (
          <>
            <MenuSeparator />
            <MenuItem icon={<Plus size={15} />} onSelect={() => actions.show('settings', 'servers')}>
              {t('sidebar.addServer')}
            </MenuItem>
          </>
        )}
        {host.browserAccount !== null && (
          <MenuItem icon={<LogOut size={15} />} onSelect={() => void actions.signOut()}>
            {t('sidebar.signOut')}
          </MenuItem>
        )}
      </MenuContent>
    </Menu>
  );
}
