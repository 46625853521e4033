// One objective: the way behind and ahead, what it is, and its milestones to tick. Every word can
// be changed where it stands.

import { MessageCircle } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/parts/button';
import { Select } from '@/parts/select';
import { actions } from '@/state/actions';
import { EditableText } from './editable-text';
import { Milestones } from './milestones';
import { DIFFICULTIES, doneCount, type Difficulty, type Objective } from './model';
import { ProgressTrail } from './progress-trail';

export function ObjectivePage({ objective }: { objective: Objective }) {
  const { t } = useTranslation();
  const [opening, setOpening] = useState(false);
  const { id, title, description, category, difficulty, progress, milestones, status } = objective;
  const save = (updates: Parameters<typeof actions.updateObjective>[1]) => void actions.updateObjective(id, updates);
  const ready = status === 'active' && progress >= 100;

  return (
    <article className="flex flex-col gap-6">
      <ProgressTrail objective={objective} />
      <div>
        <div className="flex items-baseline gap-3">
          <p className="font-reading text-2xl text-accent tabular-nums">{t('objectives.percent', { progress })}</p>
          <p className="text-sm text-ink-faint">
            {t('objectives.done', { done: doneCount(objective), count: milestones.length })}
            {status !== 'active' && ` · ${t(`objectives.status.${status}`)}`}
          </p>
        </div>
        <h1 className="mt-2">
          <EditableText
            value={title}
            label={t('objectives.field.title')}
            required
            maxLength={200}
            className="font-reading text-2xl font-medium text-balance"
            onSave={(value) => save({ title: value })}
          />
        </h1>
        <EditableText
          value={description}
          label={t('objectives.field.description')}
          placeholder={t('objectives.descriptionPlaceholder')}
          lines
          maxLength={8000}
          className="mt-1 font-reading text-reading text-ink-soft pointer-coarse:-mt-2"
          onSave={(value) => save({ description: value })}
        />
        <div className="mt-2 flex items-center gap-3 text-ink-soft">
          <Select
            label={t('objectives.field.difficulty')}
            value={difficulty}
            onValueChange={(next) => save({ difficulty: next as Difficulty })}
            options={DIFFICULTIES.map((value) => ({ value, label: t(`objectives.difficulty.${value}`) }))}
            className="-ml-2 h-8! w-auto! pointer-coarse:h-touch! border-transparent! bg-transparent! px-2! hover:bg-wash!"
          />
          <span aria-hidden="true" className="text-ink-faint">
            ·
          </span>
          <span className="w-52 min-w-0">
            <EditableText
              value={category}
              label={t('objectives.field.category')}
              placeholder={t('objectives.categoryPlaceholder')}
              maxLength={100}
              className="pointer-coarse:text-[1rem]/6"
              onSave={(value) => save({ category: value })}
            />
          </span>
        </div>
      </div>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-3">
        <Button
          busy={opening}
          icon={<MessageCircle size={16} aria-hidden />}
          onClick={() => {
            setOpening(true);
            void actions.discussObjective(id).finally(() => setOpening(false));
          }}
        >
          {t('objectives.discuss')}
        </Button>
        {ready && (
          <Button tone="primary" onClick={() => save({ status: 'completed' })}>
            {t('objectives.complete')}
          </Button>
        )}
      </div>
      <Milestones objective={objective} />
    </article>
  );
}
