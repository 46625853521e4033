// The place of objectives: the list, or one of them.

import { ChevronLeft, Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Busy } from '@/parts/busy';
import { Button } from '@/parts/button';
import { EmptyState } from '@/parts/empty-state';
import { PageHeader } from '@/shell/page-header';
import { actions } from '@/state/actions';
import { useApp } from '@/state/app-store';
import { GenerateDialog } from './generate-dialog';
import { ObjectiveList } from './objective-list';
import { ObjectiveMenu } from './objective-menu';
import { ObjectivePage } from './objective-page';

interface Props {
  id: string | null;
  sidebarHidden: boolean;
  onShowSidebar: () => void;
}

export default function ObjectivesPage({ id, sidebarHidden, onShowSidebar }: Props) {
  const { t } = useTranslation();
  const [wishing, setWishing] = useState(false);
  const objective = useApp((state) => (id === null ? undefined : state.objectives.byId[id]));
  const loaded = useApp((state) => state.objectives.loaded);
  // The empty list has a button of its own, in its middle.
  const some = useApp(({ objectives: { byId, generating } }) => Object.keys(byId).length + Object.keys(generating).length > 0);

  return (
    <>
      <PageHeader sidebarHidden={sidebarHidden} onShowSidebar={onShowSidebar}>
        <div className="min-w-0 flex-1 px-1">
          {id === null ? (
            <h1 className="truncate text-lg font-semibold">{t('objectives.title')}</h1>
          ) : (
            <button
              type="button"
              className="-ml-1 flex min-h-8 pointer-coarse:min-h-touch items-center gap-1 rounded-md pr-2.5 pl-1 text-ink-soft hover:bg-wash hover:text-ink"
              onClick={() => actions.showObjectives()}
            >
              <ChevronLeft size={16} aria-hidden="true" />
              {t('objectives.title')}
            </button>
          )}
        </div>
        {objective !== undefined && <ObjectiveMenu objective={objective} />}
        {id === null && some && (
          <Button size="sm" tone="primary" icon={<Plus size={15} aria-hidden />} onClick={() => setWishing(true)}>
            {t('objectives.new')}
          </Button>
        )}
      </PageHeader>
      <div className="min-h-0 flex-1 overflow-y-auto [scrollbar-gutter:stable_both-edges]">
        <div className="mx-auto w-full max-w-thread px-4 pt-2 pb-16 md:px-0">
          {id === null ? (
            <ObjectiveList onWish={() => setWishing(true)} />
          ) : objective !== undefined ? (
            <ObjectivePage key={id} objective={objective} />
          ) : loaded ? (
            <EmptyState title={t('objectives.gone')} hint={t('objectives.goneHint')} />
          ) : (
            <Busy words={t('common.loading')} className="py-10" />
          )}
        </div>
      </div>
      {wishing && <GenerateDialog onClose={() => setWishing(false)} />}
    </>
  );
}
