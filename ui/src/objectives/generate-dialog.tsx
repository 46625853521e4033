// A wish becomes an objective: what one wants, how hard it may be, where it belongs. While the
// model writes, the dialog shows how far it is; closed, the list does.

import { useEffect, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { reasonText } from '@/i18n/reason-text';
import { Button } from '@/parts/button';
import { Dialog } from '@/parts/dialog';
import { Field, TextField } from '@/parts/field';
import { Notice } from '@/parts/notice';
import { SegmentedControl } from '@/parts/segmented-control';
import { TextArea } from '@/parts/text-area';
import { actions } from '@/state/actions';
import { useApp } from '@/state/app-store';
import { GenerationState } from './generation-state';
import { DIFFICULTIES, type Difficulty } from './model';

type Choice = Difficulty | 'any';

export function GenerateDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [prompt, setPrompt] = useState('');
  const [difficulty, setDifficulty] = useState<Choice>('any');
  const [category, setCategory] = useState('');
  const [tried, setTried] = useState(false);
  const [asked, setAsked] = useState<string | null>(null);
  const generation = useApp((state) => (asked === null ? undefined : state.objectives.generating[asked]));
  const outcome = useApp((state) => (asked === null ? undefined : state.objectives.outcomes[asked]));
  const categories = useApp((state) => state.objectives.byId);
  const busy = generation !== undefined && outcome === undefined;

  useEffect(() => {
    if (outcome?.kind !== 'made') return;
    onClose();
    actions.showObjectives(outcome.objectiveId);
  }, [outcome, onClose]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (prompt.trim() === '') return;
    setAsked(
      actions.generateObjective({
        prompt: prompt.trim(),
        ...(difficulty !== 'any' && { difficulty }),
        ...(category.trim() !== '' && { category: category.trim() }),
      }),
    );
  };

  return (
    <Dialog open onOpenChange={onClose} title={t('objectives.new')} description={t('objectives.newHint')}>
      <form onSubmit={submit} noValidate className="flex min-h-0 flex-col gap-5 overflow-y-auto px-6 pt-4 pb-6">
        <fieldset disabled={busy} className="contents">
          <TextArea
            label={t('objectives.wish')}
            placeholder={t('objectives.wishPlaceholder')}
            rows={3}
            maxLength={4000}
            value={prompt}
            error={tried && prompt.trim() === '' ? t('common.required') : undefined}
            onChange={(event) => setPrompt(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit();
            }}
          />
          <Field label={t('objectives.field.difficulty')}>
            {() => (
              <SegmentedControl<Choice>
                label={t('objectives.field.difficulty')}
                value={difficulty}
                onValueChange={setDifficulty}
                className="max-sm:flex-wrap"
                segments={[
                  { value: 'any', label: t('objectives.anyDifficulty') },
                  ...DIFFICULTIES.map((value) => ({ value, label: t(`objectives.difficulty.${value}`) })),
                ]}
              />
            )}
          </Field>
          <TextField
            label={t('objectives.field.category')}
            hint={t('objectives.categoryHint')}
            maxLength={100}
            list="objective-categories"
            value={category}
            onChange={(event) => setCategory(event.target.value)}
          />
          <datalist id="objective-categories">
            {[...new Set(Object.values(categories).map((one) => one.category))].map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </fieldset>
        {outcome?.kind === 'failed' && (
          <Notice tone="danger" live>
            {reasonText(outcome.reason)}
          </Notice>
        )}
        {busy && (
          <div role="status" className="flex items-center gap-3 rounded-lg bg-accent-wash px-3.5 py-2.5">
            <span aria-hidden="true" className="size-2.5 shrink-0 animate-pulse-quiet rounded-full bg-accent" />
            <div className="min-w-0">
              {generation.title !== undefined && <p className="truncate font-reading text-lg">{generation.title}</p>}
              <GenerationState generation={generation} />
            </div>
          </div>
        )}
        <div className="flex flex-wrap gap-2">
          {busy ? (
            <Button onClick={() => asked !== null && actions.cancelGeneration(asked)}>{t('objectives.stopWriting')}</Button>
          ) : (
            <Button tone="primary" type="submit">
              {outcome === undefined ? t('objectives.generate') : t('objectives.again')}
            </Button>
          )}
          <Button tone="quiet" onClick={onClose}>
            {busy ? t('objectives.goOnInBackground') : t('common.cancel')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
