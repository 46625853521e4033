// The sidebar: where one is, a new chat, the chats, and the way to the settings.

import { PanelLeft, Plus, Search, Settings, Target, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { withMod } from '@/lib/platform-keys';
import { IconButton } from '@/parts/icon-button';
import { host } from '@/platform';
import { actions } from '@/state/actions';
import { useApp } from '@/state/app-store';
import { ChatList } from './chat-list';
import { RunningAnswers } from './running-answers';
import { ServerSwitcher } from './server-switcher';
import { SidebarButton } from './sidebar-button';

export function Sidebar({ drawer, onHide }: { drawer: boolean; onHide(): void }) {
  const { t } = useTranslation();
  const [query, setQuery] = useState('');
  const objectives = useApp((state) => state.objectives.loaded);
  const there = useApp((state) => state.place.kind === 'objectives');

  return (
    <nav aria-label={t('sidebar.label')} className="flex h-full w-full flex-col bg-paper-sunk">
      <div className="flex items-center gap-1 p-2">
        <ServerSwitcher />
        <IconButton label={drawer ? t('sidebar.closeDrawer') : t('sidebar.collapse')} onClick={onHide}>
          {drawer ? <X size={17} /> : <PanelLeft size={17} />}
        </IconButton>
      </div>
      <div className="px-2">
        <SidebarButton
          icon={<Plus size={16} />}
          // Browsers keep this key for their own windows.
          {...(host.desktop !== null && { shortcut: withMod('N') })}
          onClick={actions.newChat}
        >
          {t('sidebar.newChat')}
        </SidebarButton>
        <div className="relative flex items-center rounded-md text-ink-soft focus-within:bg-paper-raised hover:bg-wash focus-within:hover:bg-paper-raised">
          <Search size={16} aria-hidden="true" className="pointer-events-none absolute left-2.5" />
          <input
            type="search"
            id="chat-search"
            value={query}
            aria-label={t('sidebar.searchPlaceholder')}
            placeholder={t('sidebar.search')}
            className="h-9 w-full rounded-md bg-transparent pl-9 pr-8 pointer-coarse:h-touch pointer-coarse:pr-12 pointer-coarse:text-[1rem] text-ink placeholder:text-ink [&::-webkit-search-cancel-button]:hidden"
            onChange={(event) => setQuery(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Escape') setQuery('');
            }}
          />
          {query !== '' && (
            <span className="absolute right-1">
              <IconButton size="sm" label={t('sidebar.clearSearch')} onClick={() => setQuery('')}>
                <X size={14} />
              </IconButton>
            </span>
          )}
        </div>
      </div>
      <div className="mt-4 min-h-0 flex-1 overflow-y-auto px-2 [scrollbar-gutter:stable] [scrollbar-width:thin]">
        <ChatList query={query} />
      </div>
      <div className="border-t p-2">
        <RunningAnswers />
        {objectives && (
          <SidebarButton icon={<Target size={16} />} current={there} onClick={() => actions.showObjectives()}>
            {t('objectives.title')}
          </SidebarButton>
        )}
        <SidebarButton
          icon={<Settings size={16} />}
          shortcut={withMod(',')}
          onClick={() => actions.show('settings', 'general')}
        >
          {t('sidebar.settings')}
        </SidebarButton>
      </div>
    </nav>
  );
}
