// What the palette can do besides opening chats.

import {
  Activity,
  Keyboard,
  Languages,
  Monitor,
  Moon,
  PanelLeft,
  Plus,
  Search,
  Settings,
  ShieldCheck,
  Square,
  Sun,
  Target,
  type LucideIcon,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { LANGUAGE_NAMES, LANGUAGES } from '@/i18n';
import { MOD } from '@/lib/platform-keys';
import { actions } from '@/state/actions';
import { getState, useApp } from '@/state/app-store';
import type { Theme } from '@/state/types';
import { useSections } from '../settings/sections';

export interface Entry {
  id: string;
  title: string;
  icon: LucideIcon;
  run: () => void;
  /** Other words that find it. */
  words?: readonly string[];
  keys?: string;
  chosen?: boolean;
}

export interface EntryGroup {
  id: string;
  heading: string;
  entries: Entry[];
}

const THEMES: readonly [Theme, LucideIcon][] = [
  ['system', Monitor],
  ['light', Sun],
  ['dark', Moon],
];

const isPhone = (): boolean => window.matchMedia('(max-width: 47.99rem)').matches;

/** On a phone the list of chats is a drawer. */
function toggleSidebar(): void {
  if (isPhone()) actions.setDrawer(!getState().drawerOpen);
  else actions.setDevice({ sidebarOpen: !getState().device.sidebarOpen });
}

/** The sidebar's field; a drawer or a hidden sidebar opens first. */
function searchChats(): void {
  if (isPhone()) actions.setDrawer(true);
  else if (!getState().device.sidebarOpen) actions.setDevice({ sidebarOpen: true });
  setTimeout(() => document.getElementById('chat-search')?.focus(), 80);
}

export function useEntries(): EntryGroup[] {
  const { t } = useTranslation();
  const theme = useApp((state) => state.device.theme);
  const language = useApp((state) => state.device.language);
  const answering = useApp((state) => state.open?.running != null);
  const objectives = useApp((state) => state.objectives.loaded);
  const manages = useApp(({ person }) => person?.role === 'owner' || person?.role === 'admin');
  const sections = useSections();
  return [
    {
      id: 'actions',
      heading: t('palette.group.actions'),
      entries: [
        { id: 'new chat', title: t('palette.newChat'), icon: Plus, run: actions.newChat, keys: `${MOD}+N` },
        { id: 'search', title: t('palette.searchChats'), icon: Search, run: searchChats, keys: `${MOD}+Shift+F` },
        ...(answering
          ? [{ id: 'stop', title: t('palette.stopAnswer'), icon: Square, run: actions.stop, keys: 'Esc' }]
          : []),
        ...(objectives ? [{ id: 'objectives', title: t('objectives.title'), icon: Target, run: () => actions.showObjectives() }] : []),
        ...(manages ? [{ id: 'admin', title: t('admin.open'), icon: ShieldCheck, run: () => actions.showAdmin() }] : []),
        { id: 'monitor', title: t('monitor.open'), icon: Activity, run: () => actions.showMonitor(true) },
        {
          id: 'sidebar',
          title: t('palette.toggleSidebar'),
          icon: PanelLeft,
          run: toggleSidebar,
          keys: `${MOD}+B`,
        },
        { id: 'shortcuts', title: t('palette.shortcuts'), icon: Keyboard, run: () => actions.show('shortcuts'), keys: '?' },
      ],
    },
    {
      id: 'settings',
      heading: t('palette.group.settings'),
      entries: sections.map(({ page, title }) => ({
        id: `settings ${page}`,
        title: t('palette.settingsSection', { section: title }),
        icon: Settings,
        run: () => actions.show('settings', page),
      })),
    },
    {
      id: 'theme',
      heading: t('palette.group.theme'),
      entries: THEMES.map(([value, icon]) => ({
        id: `theme ${value}`,
        title: t('palette.theme', { theme: t(`settings.appearance.theme_${value}`) }),
        icon,
        chosen: theme === value,
        run: () => actions.setDevice({ theme: value }),
      })),
    },
    {
      id: 'language',
      heading: t('palette.group.language'),
      entries: LANGUAGES.map((value) => ({
        id: `language ${value}`,
        title: LANGUAGE_NAMES[value],
        icon: Languages,
        words: [t('settings.appearance.language'), 'language', 'язык', 'langue'],
        chosen: language === value,
        run: () => actions.setDevice({ language: value }),
      })),
    },
  ];
}
