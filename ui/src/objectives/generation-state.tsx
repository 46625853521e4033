// How far the model is with an objective, in words.

import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDuration } from '@/i18n/numbers';
import { useNow } from '@/lib/use-now';
import type { Generation } from './model';

/** Counting begins when waiting becomes noticeable. */
const COUNT_FROM_S = 2;

export function GenerationState({ generation }: { generation: Generation }) {
  const { t } = useTranslation();
  const [since] = useState(() => Date.now());
  const seconds = Math.floor((useNow(1000) - since) / 1000);
  const { stage, milestones } = generation;
  const words =
    stage === 'repairing'
      ? t('objectives.stage.repairing')
      : stage !== 'writing'
        ? t('objectives.stage.thinking')
        : milestones === 0
          ? t('objectives.stage.writing')
          : t('objectives.stage.milestones', { count: milestones });
  return (
    <p className="text-sm text-ink-soft tabular-nums">
      {words}
      {seconds >= COUNT_FROM_S && ` ${formatDuration(seconds)}`}
    </p>
  );
}
