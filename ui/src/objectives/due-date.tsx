// By when: a date one can pick, red when it has passed.

import { useTranslation } from 'react-i18next';
import { useNow } from '@/lib/use-now';
import { currentLanguage } from '@/i18n';

interface Props {
  value: string | undefined;
  completed: boolean;
  title: string;
  onSave: (value: string) => void;
}

const DAY_MS = 86_400_000;

export function DueDate({ value, completed, title, onSave }: Props) {
  const { t } = useTranslation();
  const now = useNow(60 * 60_000);
  const day = value?.slice(0, 10) ?? '';
  const late = day !== '' && !completed && Date.parse(day) + DAY_MS < now;
  const words =
    day === ''
      ? ''
      : new Intl.DateTimeFormat(currentLanguage(), {
          day: 'numeric',
          month: 'short',
          timeZone: 'UTC',
          ...(day.slice(0, 4) !== String(new Date(now).getFullYear()) && { year: 'numeric' }),
        }).format(Date.parse(day));

  return (
    <span
      className={`relative mt-1 flex min-h-6 items-center justify-end pointer-coarse:mt-0 pointer-coarse:min-h-touch pointer-coarse:min-w-touch text-sm whitespace-nowrap tabular-nums ${
        late ? 'text-danger' : 'text-ink-faint'
      } ${day === '' ? 'opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100' : ''}`}
    >
      <span aria-hidden="true">{words === '' ? t('objectives.addDate') : words}</span>
      {late && <span className="sr-only">{t('objectives.late')}</span>}
      {/* The browser's own picker, laid over the words: it opens at any click on them. */}
      <input
        type="date"
        value={day}
        aria-label={t('objectives.dueDate', { title })}
        className="absolute inset-0 size-full cursor-pointer rounded-xs opacity-0 focus-visible:opacity-100"
        onClick={(event) => event.currentTarget.showPicker?.()}
        onChange={(event) => {
          if (event.target.value !== '') onSave(event.target.value);
        }}
      />
    </span>
  );
}
