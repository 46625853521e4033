// One milestone: ticked by a click on its circle, changed where it stands.

import { Check, X } from 'lucide-react';
import { Checkbox } from 'radix-ui';
import { useTranslation } from 'react-i18next';
import { IconButton } from '@/parts/icon-button';
import { DueDate } from './due-date';
import { EditableText } from './editable-text';
import type { Milestone } from './model';

interface Props {
  milestone: Milestone;
  /** The first that is not done. */
  next: boolean;
  onTick: (completed: boolean) => void;
  onChange: (change: Partial<Milestone>) => void;
  onRemove: () => void;
}

export function MilestoneRow({ milestone, next, onTick, onChange, onRemove }: Props) {
  const { t } = useTranslation();
  const { title, description, completed, dueDate } = milestone;
  return (
    <li className="group flex items-start gap-3 rounded-md px-2 py-1.5 pointer-coarse:py-0.5">
      <Checkbox.Root
        checked={completed}
        aria-label={title}
        onCheckedChange={(now) => onTick(now === true)}
        className={`relative mt-1 grid size-6 shrink-0 pointer-coarse:mt-2.5 pointer-coarse:after:absolute pointer-coarse:after:-inset-3 place-items-center rounded-full border-2 transition-colors ${
          completed
            ? 'border-accent bg-accent text-on-accent'
            : next
              ? 'border-accent bg-accent-wash hover:bg-accent-wash'
              : 'border-line-strong hover:border-accent'
        }`}
      >
        <Checkbox.Indicator className="animate-rise-in">
          <Check size={14} strokeWidth={3} aria-hidden="true" />
        </Checkbox.Indicator>
      </Checkbox.Root>
      <div className="min-w-0 flex-1">
        <EditableText
          value={title}
          label={t('objectives.field.milestone')}
          required
          maxLength={200}
          className={`pointer-coarse:text-[1rem]/6 ${completed ? 'text-ink-faint line-through decoration-1' : next ? 'font-medium' : ''}`}
          onSave={(value) => onChange({ title: value })}
        />
        {description !== undefined && description !== '' && (
          <p className={`text-sm ${completed ? 'text-ink-faint' : 'text-ink-soft'}`}>{description}</p>
        )}
      </div>
      <DueDate value={dueDate} completed={completed} title={title} onSave={(value) => onChange({ dueDate: value })} />
      <IconButton
        size="sm"
        label={t('objectives.removeMilestone', { title })}
        className="mt-0.5 opacity-0 pointer-coarse:mt-0 group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-60"
        onClick={onRemove}
      >
        <X size={15} />
      </IconButton>
    </li>
  );
}
