// One objective in the list: how far it is, what it is, and what comes next.

import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { actions } from '@/state/actions';
import { nextMilestone, type Objective } from './model';
import { ObjectiveMenu } from './objective-menu';
import { ProgressRing } from './progress-ring';

export const ObjectiveRow = memo(function ObjectiveRow({ objective }: { objective: Objective }) {
  const { t } = useTranslation();
  const { id, title, category, difficulty, progress, milestones, status } = objective;
  const next = status === 'active' ? nextMilestone(objective) : undefined;

  return (
    <li className="group relative flex items-center rounded-lg transition-colors hover:bg-wash has-[[aria-expanded=true]]:bg-wash">
      <a
        href={`/objectives/${id}`}
        className="flex min-w-0 flex-1 items-center gap-4 rounded-lg py-3 pr-12 pl-3"
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          actions.showObjectives(id);
        }}
      >
        <ProgressRing progress={progress} done={milestones.map(({ completed }) => completed)} />
        <span className="min-w-0 flex-1">
          <span className="line-clamp-2 font-reading text-lg leading-snug">{title}</span>
          <span className="block truncate text-sm text-ink-faint">
            <span className="sr-only">{t('objectives.percent', { progress })} · </span>
            {[category, t(`objectives.difficulty.${difficulty}`)].filter((part) => part !== '').join(' · ')}
          </span>
          {next !== undefined && (
            <span className="mt-0.5 block truncate text-ink-soft">{t('objectives.next', { milestone: next.title })}</span>
          )}
        </span>
      </a>
      <span className="absolute right-2 opacity-0 transition-opacity group-focus-within:opacity-100 group-hover:opacity-100 has-[[aria-expanded=true]]:opacity-100 pointer-coarse:opacity-100">
        <ObjectiveMenu objective={objective} />
      </span>
    </li>
  );
});
