// An objective that the model is writing: how far it is, and a way to stop it.

import { X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '@/parts/icon-button';
import { actions } from '@/state/actions';
import { GenerationState } from './generation-state';
import type { Generation } from './model';

export function GeneratingRow({ generation }: { generation: Generation }) {
  const { t } = useTranslation();
  const { generationId, title, prompt } = generation;
  return (
    <li className="flex animate-rise-in items-center gap-4 rounded-lg bg-accent-wash px-3 py-3">
      <span aria-hidden="true" className="grid size-11 shrink-0 place-items-center">
        <span className="size-3 animate-pulse-quiet rounded-full bg-accent" />
      </span>
      <div className="min-w-0 flex-1">
        <p className="truncate font-reading text-lg">{title ?? prompt}</p>
        <GenerationState generation={generation} />
      </div>
      <IconButton label={t('objectives.cancelWriting', { title: title ?? prompt })} onClick={() => actions.cancelGeneration(generationId)}>
        <X size={17} />
      </IconButton>
    </li>
  );
}
