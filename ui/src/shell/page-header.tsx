// The top of a page: first the way to the sidebar where that is hidden, then what the page puts there.

import { Menu, PanelLeft } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '@/parts/icon-button';
import { actions } from '@/state/actions';

interface Props {
  sidebarHidden: boolean;
  onShowSidebar(): void;
  children: ReactNode;
}

export function PageHeader({ sidebarHidden, onShowSidebar, children }: Props) {
  const { t } = useTranslation();
  return (
    <header className="flex h-13 shrink-0 items-center gap-1 px-3 md:px-5">
      <span className="contents md:hidden">
        <IconButton label={t('sidebar.openDrawer')} onClick={() => actions.setDrawer(true)}>
          <Menu size={18} />
        </IconButton>
      </span>
      {sidebarHidden && (
        <span className="hidden md:contents">
          <IconButton label={t('sidebar.expand')} onClick={onShowSidebar}>
            <PanelLeft size={17} />
          </IconButton>
        </span>
      )}
      {children}
    </header>
  );
}
