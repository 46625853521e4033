// Which of several versions of a turn is shown, and the way to the others.

import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '@/parts/icon-button';
import { useMayWrite } from '@/state/access';
import { actions } from '@/state/actions';

export function BranchSwitcher({ id, siblingIds }: { id: string; siblingIds: string[] }) {
  const { t } = useTranslation();
  // What is shown is shown to all: whoever only reads does not turn the page.
  const mayWrite = useMayWrite();
  const at = siblingIds.indexOf(id);
  if (!mayWrite || siblingIds.length < 2 || at < 0) return null;
  const previous = siblingIds[at - 1];
  const next = siblingIds[at + 1];
  const place = { index: at + 1, total: siblingIds.length };

  return (
    <span role="group" aria-label={t('thread.branchLabel', place)} className="flex items-center">
      <IconButton
        size="sm"
        label={t('thread.previousBranch')}
        disabled={previous === undefined}
        onClick={() => previous !== undefined && actions.showBranch(previous)}
      >
        <ChevronLeft size={15} />
      </IconButton>
      <span aria-hidden="true" className="text-xs whitespace-nowrap tabular-nums text-ink-soft">
        {t('thread.branchPosition', place)}
      </span>
      <IconButton
        size="sm"
        label={t('thread.nextBranch')}
        disabled={next === undefined}
        onClick={() => next !== undefined && actions.showBranch(next)}
      >
        <ChevronRight size={15} />
      </IconButton>
    </span>
  );
}
