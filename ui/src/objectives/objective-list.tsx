// All objectives: what is being written, what is under way, what is done, what was put away.

import { Plus, Target } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Busy } from '@/parts/busy';
import { Button } from '@/parts/button';
import { EmptyState } from '@/parts/empty-state';
import { useApp } from '@/state/app-store';
import { GeneratingRow } from './generating-row';
import { ofStatus, type Objective } from './model';
import { ObjectiveRow } from './objective-row';

export function ObjectiveList({ onWish }: { onWish: () => void }) {
  const { t } = useTranslation();
  const { byId, generating, loaded } = useApp((state) => state.objectives);
  const online = useApp((state) => state.connection.kind === 'online');
  const written = Object.values(generating);
  const [active, completed, archived] = [ofStatus(byId, 'active'), ofStatus(byId, 'completed'), ofStatus(byId, 'archived')];

  if (!loaded) return <Busy words={online ? t('common.loading') : t('objectives.offline')} className="py-10" />;
  if (written.length + active.length + completed.length + archived.length === 0) {
    return (
      <EmptyState icon={<Target size={36} strokeWidth={1.4} />} title={t('objectives.empty')} hint={t('objectives.emptyHint')}>
        <Button tone="primary" icon={<Plus size={16} aria-hidden />} onClick={onWish}>
          {t('objectives.new')}
        </Button>
      </EmptyState>
    );
  }
  return (
    <div className="flex flex-col gap-8">
      {written.length > 0 && (
        <section aria-label={t('objectives.beingWritten')}>
          <ul className="flex flex-col gap-2">
            {written.map((generation) => (
              <GeneratingRow key={generation.generationId} generation={generation} />
            ))}
          </ul>
        </section>
      )}
      <Group title={t('objectives.status.active')} objectives={active} hint={t('objectives.noneActive')} />
      {completed.length > 0 && <Group title={t('objectives.status.completed')} objectives={completed} />}
      {archived.length > 0 && (
        <details>
          <summary className="w-fit rounded-xs py-1 text-xs text-ink-faint hover:text-ink-soft">
            {t('objectives.archivedCount', { count: archived.length })}
          </summary>
          <Rows objectives={archived} />
        </details>
      )}
    </div>
  );
}

function Group({ title, objectives, hint }: { title: string; objectives: Objective[]; hint?: string }) {
  return (
    <section aria-label={title}>
      <h2 className="pb-1 text-xs text-ink-faint">{title}</h2>
      {objectives.length === 0 ? <p className="py-3 text-ink-soft">{hint}</p> : <Rows objectives={objectives} />}
    </section>
  );
}

function Rows({ objectives }: { objectives: Objective[] }) {
  return (
    <ul className="-mx-3 flex flex-col">
      {objectives.map((objective) => (
        <ObjectiveRow key={objective.id} objective={objective} />
      ))}
    </ul>
  );
}
