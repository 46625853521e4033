// What was spent: day by day, by whom, with which models.

import { BarChart3 } from 'lucide-react';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { UsagePage } from '@/generated/wire';
import { formatNumber } from '@/i18n/numbers';
import { Busy } from '@/parts/busy';
import { EmptyState } from '@/parts/empty-state';
import { Failure } from '@/parts/failure';
import { Notice } from '@/parts/notice';
import { SegmentedControl } from '@/parts/segmented-control';
import { Select } from '@/parts/select';
import { useLoaded } from '@/parts/use-loaded';
import { ask } from '@/state/api';
import { DayBars } from './day-bars';
import { formatMoney } from './money';
import { Page } from './page';
import { ShareList } from './share-list';
import { byDay, dayOf, MEASURES, shares, total, unpriced, type Measure } from './usage-sums';

const PERIODS = ['7', '30', '90', '365'] as const;
const DAY_MS = 86_400_000;

export function Usage() {
  const { t } = useTranslation();
  const [period, setPeriod] = useState('30');
  const [measure, setMeasure] = useState<Measure>('messages');
  const [person, setPerson] = useState<string | null>(null);
  const load = useCallback(() => {
    const now = Date.now();
    return ask<UsagePage>('GET', `/api/usage?from=${dayOf(now - (Number(period) - 1) * DAY_MS)}&to=${dayOf(now)}`);
  }, [period]);
  const { data, error, loading, reload } = useLoaded(load);

  return (
    <Page>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <SegmentedControl
          label={t('admin.usage.measure')}
          value={measure}
          onValueChange={setMeasure}
          segments={MEASURES.map((value) => ({ value, label: t(`admin.usage.of.${value}`) }))}
          className="min-w-72 max-sm:w-full"
        />
        <div className="w-44 max-sm:w-full">
          <Select
            label={t('admin.usage.period')}
            value={period}
            onValueChange={setPeriod}
            options={PERIODS.map((value) => ({ value, label: t(`admin.usage.days.${value}`) }))}
            className="h-9 pointer-coarse:h-touch"
          />
        </div>
      </div>
      {error === null ? null : (
        <div className="mt-5">
          <Failure error={error} onRetry={() => void reload()} />
        </div>
      )}
      {data === null ? (
        error === null ? <Busy words={t('common.loading')} className="py-8" /> : null
      ) : data.rows.length === 0 ? (
        <EmptyState icon={<BarChart3 size={36} strokeWidth={1.4} />} title={t('admin.usage.none')} hint={t('admin.usage.noneHint')} />
      ) : (
        <div aria-busy={loading}>
          <Spent page={data} measure={measure} person={person} onPerson={setPerson} />
        </div>
      )}
    </Page>
  );
}

interface SpentProps {
  page: UsagePage;
  measure: Measure;
  person: string | null;
  onPerson: (userId: string | null) => void;
}

function Spent({ page, measure, person, onPerson }: SpentProps) {
  const { t } = useTranslation();
  const { rows, currency, from, to } = page;
  const theirs = person === null ? rows : rows.filter(({ userId }) => userId === person);
  const name = rows.find(({ userId }) => userId === person)?.name;
  const format = (amount: number) => (measure === 'cost' ? formatMoney(amount, currency) : formatNumber(amount));
  const sum = format(total(theirs, measure));
  const without = unpriced(theirs);
  return (
    <div className="mt-6 flex flex-col gap-8">
      <div>
        <p className="font-reading text-2xl font-medium tabular-nums">{sum}</p>
        <p className="text-ink-faint">{name === undefined ? t('admin.usage.byAll') : t('admin.usage.byOne', { name })}</p>
        <DayBars days={byDay(theirs, from, to, measure)} label={t('admin.usage.plot', { sum, measure: t(`admin.usage.of.${measure}`) })} format={format} />
      </div>
      {measure === 'cost' && without > 0 ? (
        <Notice tone="warn">{t('admin.usage.unpriced', { tokens: formatNumber(without) })}</Notice>
      ) : null}
      <div className="grid gap-x-10 gap-y-8 md:grid-cols-2">
        <ShareList
          title={t('admin.usage.people')}
          shares={shares(rows, measure, (row) => ({ key: row.userId, name: row.name }))}
          format={format}
          chosen={person}
          onChoose={onPerson}
        />
        <ShareList
          title={t('admin.usage.models')}
          shares={shares(theirs, measure, ({ model }) => ({ key: model ?? '', name: model ?? t('model.guide') }))}
          format={format}
        />
      </div>
    </div>
  );
}
