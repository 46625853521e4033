// The place where a server is managed, for its admins and owners: who is here, who is invited, what
// was done, how the server does.

import { ShieldX } from 'lucide-react';
import { Tabs } from 'radix-ui';
import { useEffect, useRef, type ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import { Busy } from '@/parts/busy';
import { Button } from '@/parts/button';
import { EmptyState } from '@/parts/empty-state';
import { PageHeader } from '@/shell/page-header';
import { actions } from '@/state/actions';
import { useApp } from '@/state/app-store';
import type { AdminSection } from '@/state/types';
import { AuditLog } from './audit-log';
import { Health } from './health';
import { Invitations } from './invitations';
import { Limits } from './limits';
import { People } from './people';
import { useMayManage } from './roles';
import { Usage } from './usage';

const SECTIONS: readonly [AdminSection, ComponentType][] = [
  ['people', People],
  ['invitations', Invitations],
  ['usage', Usage],
  ['limits', Limits],
  ['log', AuditLog],
  ['health', Health],
];

interface Props {
  section: AdminSection;
  sidebarHidden: boolean;
  onShowSidebar: () => void;
}

export default function AdminPage({ section, sidebarHidden, onShowSidebar }: Props) {
  const { t } = useTranslation();
  const server = useApp((state) => state.server);
  const name = server === null ? '' : server.serverId === 'local' ? t('sidebar.thisComputer') : server.serverName;
  return (
    <>
      <PageHeader sidebarHidden={sidebarHidden} onShowSidebar={onShowSidebar}>
        <h1 className="min-w-0 flex-1 truncate px-1 text-lg font-semibold">
          {t('admin.title')}
          {name === '' ? null : <span className="font-normal text-ink-faint"> · {name}</span>}
        </h1>
      </PageHeader>
      <Sections section={section} />
    </>
  );
}

function Sections({ section }: { section: AdminSection }) {
  const { t } = useTranslation();
  const may = useMayManage();
  const tabs = useRef<HTMLDivElement>(null);
  // On a phone not all of them have room: the one that is open shows.
  useEffect(() => {
    tabs.current?.querySelector('[data-state=active]')?.scrollIntoView({ inline: 'nearest', block: 'nearest' });
  }, [section, may]);
  if (may === null) return <Busy words={t('common.loading')} className="px-6 py-10" />;
  if (!may) {
    return (
      <EmptyState icon={<ShieldX size={36} strokeWidth={1.4} />} title={t('admin.forbidden')} hint={t('admin.forbiddenHint')}>
        <Button onClick={actions.newChat}>{t('admin.toChats')}</Button>
      </EmptyState>
    );
  }
  return (
    <Tabs.Root
      value={section}
      onValueChange={(next) => actions.showAdmin(next as AdminSection)}
      className="flex min-h-0 flex-1 flex-col"
    >
      <div className="shrink-0 border-b">
        <Tabs.List
          ref={tabs}
          aria-label={t('admin.sections')}
          className="mx-auto flex w-full max-w-[52rem] gap-1 px-3 max-md:overflow-x-auto max-md:[scrollbar-width:none] md:px-[1.0625rem]"
        >
          {SECTIONS.map(([value]) => (
            <Tabs.Trigger
              key={value}
              value={value}
              className="-mb-px min-h-10 pointer-coarse:min-h-touch pointer-coarse:min-w-touch shrink-0 rounded-t-sm border-b-2 border-transparent px-2 whitespace-nowrap text-ink-soft transition-colors hover:text-ink focus-visible:-outline-offset-2 data-[state=active]:border-accent data-[state=active]:font-medium data-[state=active]:text-ink"
            >
              {t(`admin.section.${value}`)}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
      </div>
      {SECTIONS.map(([value, Section]) => (
        <Tabs.Content key={value} value={value} className="flex min-h-0 flex-1 flex-col focus-visible:-outline-offset-2">
          <Section />
        </Tabs.Content>
      ))}
    </Tabs.Root>
  );
}
