// One server in the switcher: its name, how it is, what is unread, and the key that goes there.

import { useTranslation } from 'react-i18next';
import { withMod } from '@/lib/platform-keys';
import { MenuItem } from '@/parts/menu';
import type { ServerEntry } from '@/platform';
import { useApp } from '@/state/app-store';
import { ServerDot } from './server-dot';
import { useServers } from './servers-store';
import { nameOf, switchServer } from './switch-server';
import { UnreadBadge } from './unread-badge';
import { useNewsWords } from './use-news-words';

const KEYS = 9;

export function ServerItem({ server, place, word }: { server: ServerEntry; place: number; word: string }) {
  const { t } = useTranslation();
  const words = useNewsWords();
  const news = useServers((state) => state.news[server.id]);
  const kind = useApp((state) => state.connection.kind);
  const here = server.active;
  return (
    <MenuItem
      icon={<ServerDot kind={here ? kind : (news?.kind ?? null)} trouble={!here && news?.problem === 'certificate_changed'} />}
      hint={here ? `${t('settings.servers.current')} · ${word}` : words(news)}
      {...(place <= KEYS && { shortcut: withMod(String(place)) })}
      onSelect={() => void switchServer(server.id)}
    >
      <span className="flex items-center gap-2">
        <span className="line-clamp-3 min-w-0" title={nameOf(server)}>
          {nameOf(server)}
        </span>
        {here ? null : <UnreadBadge count={news?.unread ?? 0} />}
      </span>
    </MenuItem>
  );
}
