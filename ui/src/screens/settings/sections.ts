// The sections of the settings, in their order; those that this window cannot offer are left out.

import { Info, MessageCircle, MonitorSmartphone, Palette, Server, Sparkles, Wifi, type LucideIcon } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { SettingsPage } from '@/state/types';

export interface Section {
  page: SettingsPage;
  title: string;
  icon: LucideIcon;
}

export function useSections(): Section[] {
  const { t } = useTranslation();
  return [
    { page: 'models', title: t('settings.section.models'), icon: Sparkles },
    { page: 'answers', title: t('settings.section.answers'), icon: MessageCircle },
    { page: 'general', title: t('settings.section.general'), icon: Palette },
    { page: 'servers', title: t('settings.section.servers'), icon: Server },
    { page: 'devices', title: t('settings.section.devices'), icon: MonitorSmartphone },
    { page: 'sharing', title: t('settings.section.sharing'), icon: Wifi },
    { page: 'about', title: t('settings.section.about'), icon: Info },
  ];
}
