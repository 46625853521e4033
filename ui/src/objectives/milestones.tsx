// The milestones of an objective, in their order, and a place for one more.

import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { toast } from 'sonner';
import { actions } from '@/state/actions';
import { MilestoneRow } from './milestone-row';
import type { Milestone, Objective } from './model';

export function Milestones({ objective }: { objective: Objective }) {
  const { t } = useTranslation();
  const [fresh, setFresh] = useState('');
  const { id, milestones } = objective;
  const save = (next: Partial<Milestone>[]) => actions.updateObjective(id, { milestones: next });
  const next = milestones.find(({ completed }) => !completed)?.id;

  const add = () => {
    const title = fresh.trim();
    if (title === '') return;
    setFresh('');
    void save([...milestones, { title }]);
  };
  const remove = (gone: Milestone) => {
    void save(milestones.filter((milestone) => milestone !== gone));
    toast(t('objectives.milestoneRemoved', { title: gone.title }), {
      duration: 8000,
      action: { label: t('common.undo'), onClick: () => void save(milestones) },
    });
  };

  return (
    <section aria-labelledby="milestones">
      <h2 id="milestones" className="pb-1 font-semibold">
        {t('objectives.milestones')}
      </h2>
      <ol className="-mx-2 flex flex-col">
        {milestones.map((milestone) => (
          <MilestoneRow
            key={milestone.id}
            milestone={milestone}
            next={milestone.id === next}
            onTick={(completed) => void save([{ id: milestone.id, completed }])}
            onChange={(change) => void save(milestones.map((one) => (one === milestone ? { ...one, ...change } : one)))}
            onRemove={() => remove(milestone)}
          />
        ))}
      </ol>
      <form
        className="mt-1 flex items-center gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <span aria-hidden="true" className="grid size-6 shrink-0 place-items-center text-ink-faint">
          <Plus size={18} />
        </span>
        <input
          value={fresh}
          maxLength={200}
          aria-label={t('objectives.addMilestone')}
          placeholder={t('objectives.addMilestone')}
          className="-ml-2 h-10 min-w-0 flex-1 pointer-coarse:h-touch pointer-coarse:text-[1rem] rounded-md bg-transparent px-2"
          onChange={(event) => setFresh(event.target.value)}
        />
      </form>
    </section>
  );
}
