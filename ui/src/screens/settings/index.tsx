// The settings: sections on the left (on top on a phone), one of them open. Every change is saved
// at once.

import { Tabs } from 'radix-ui';
import type { ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '@/parts/dialog';
import { actions } from '@/state/actions';
import { useApp } from '@/state/app-store';
import type { SettingsPage } from '@/state/types';
import { MyDevices } from '../devices';
import { About } from './about';
import { Answers } from './answers';
import { General } from './general';
import { Models } from './models';
import { useSections } from './sections';
import { Servers } from './servers';
import { Sharing } from '../sharing';

const PAGES: Record<SettingsPage, ComponentType> = {
  models: Models,
  answers: Answers,
  general: General,
  servers: Servers,
  devices: MyDevices,
  sharing: Sharing,
  about: About,
};

export default function Settings() {
  const { t } = useTranslation();
  const page = useApp((state) => state.settingsPage);
  const sections = useSections();
  return (
    <Dialog
      open
      onOpenChange={() => actions.show('none')}
      title={t('settings.title')}
      hideTitle
      description={t('settings.savedAtOnce')}
      shape="sheet"
    >
      <Tabs.Root
        orientation="vertical"
        value={page}
        onValueChange={(next) => actions.show('settings', next as SettingsPage)}
        className="flex min-h-0 flex-1 max-sm:flex-col"
      >
        <div className="flex shrink-0 flex-col bg-paper-sunk sm:w-60 sm:border-r max-sm:border-b">
          <p aria-hidden className="px-5 pt-5 pb-2 text-lg font-semibold">
            {t('settings.title')}
          </p>
          <Tabs.List
            aria-label={t('settings.sections')}
            className="flex gap-0.5 px-2.5 pt-1 pb-2 sm:flex-col max-sm:overflow-x-auto max-sm:[scrollbar-width:none]"
          >
            {sections.map(({ page: value, title, icon: Icon }) => (
              <Tabs.Trigger
                key={value}
                value={value}
                className="flex min-h-9 shrink-0 pointer-coarse:min-h-touch items-center gap-2.5 rounded-md px-2.5 text-left whitespace-nowrap text-ink-soft transition-colors hover:bg-wash hover:text-ink data-[state=active]:bg-wash-strong data-[state=active]:font-medium data-[state=active]:text-ink"
              >
                <Icon size={16} aria-hidden className="shrink-0" />
                {title}
              </Tabs.Trigger>
            ))}
          </Tabs.List>
        </div>
        {sections.map(({ page: value, title }) => {
          const Page = PAGES[value];
          return (
            <Tabs.Content
              key={value}
              value={value}
              className="min-h-0 min-w-0 flex-1 overflow-y-auto px-5 pt-6 pb-10 focus-visible:-outline-offset-2 sm:px-10 sm:pt-7"
            >
              <h2 className="mb-6 font-reading text-xl font-medium max-sm:sr-only">{title}</h2>
              <Page />
            </Tabs.Content>
          );
        })}
      </Tabs.Root>
    </Dialog>
  );
}
