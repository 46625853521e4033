// Who did what when, the newest first: by kind, by name, and as far back as one scrolls.

import { Search } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Virtualizer } from 'virtua';
import type { AuditLine } from '@/generated/wire';
import { Busy } from '@/parts/busy';
import { Button } from '@/parts/button';
import { EmptyState } from '@/parts/empty-state';
import { Failure } from '@/parts/failure';
import { CONTROL } from '@/parts/field';
import { Select } from '@/parts/select';
import { AuditRow, DayRow } from './audit-row';
import { matches, TOPICS, useAuditPages, type Topic } from './audit-pages';
import { COLUMN } from './page';

const ROW_PX = 60;
const NEAR_END_PX = 1200;

type Row = { kind: 'day'; key: string; at: string } | { kind: 'line'; key: string; line: AuditLine };

export function AuditLog() {
  const { t } = useTranslation();
  const [topic, setTopic] = useState<Topic>('all');
  const [words, setWords] = useState('');
  const { entries, more, loading, error, older, reload } = useAuditPages({ topic, words });
  const scroller = useRef<HTMLDivElement>(null);
  const found = useMemo(() => entries.filter((line) => matches(line, { topic, words })), [entries, topic, words]);
  const rows = useMemo(() => withDays(found), [found]);

  // A filter may leave less than a windowful of what is here.
  useEffect(() => older(), [topic, words, older]);

  return (
    <div
      ref={scroller}
      className="min-h-0 flex-1 overflow-y-auto [scrollbar-gutter:stable]"
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        if (scrollHeight - scrollTop - clientHeight < NEAR_END_PX) older();
      }}
    >
      <div className={`${COLUMN} sticky top-0 z-10 flex flex-wrap items-center gap-3 bg-paper pt-5 pb-3`}>
        <div className="relative flex min-w-48 flex-1 items-center">
          <Search size={16} aria-hidden className="pointer-events-none absolute left-3 text-ink-faint" />
          <input
            type="search"
            value={words}
            onChange={(event) => setWords(event.target.value)}
            aria-label={t('admin.log.search')}
            placeholder={t('admin.log.search')}
            className={`${CONTROL} h-9 pointer-coarse:h-touch pr-3 pl-9`}
          />
        </div>
        <div className="w-48 max-sm:w-full">
          <Select
            label={t('admin.log.kind')}
            value={topic}
            onValueChange={(next) => setTopic(next as Topic)}
            options={TOPICS.map((value) => ({ value, label: t(`admin.log.topic.${value}`) }))}
            className="h-9 pointer-coarse:h-touch"
          />
        </div>
      </div>
      <div className={`${COLUMN} pb-16`}>
        {rows.length === 0 ? null : (
          <div role="list" aria-label={t('admin.section.log')}>
            <Virtualizer scrollRef={scroller} itemSize={ROW_PX} startMargin={ROW_PX} data={rows}>
              {(row) => (row.kind === 'day' ? <DayRow key={row.key} at={row.at} /> : <AuditRow key={row.key} line={row.line} />)}
            </Virtualizer>
          </div>
        )}
        {error === null ? null : <Failure error={error} onRetry={entries.length === 0 ? reload : older} />}
        {loading ? <Busy words={t('common.loading')} className="py-4" /> : null}
        {!loading && error === null && found.length === 0 && !more ? (
          <EmptyState title={entries.length === 0 ? t('admin.log.empty') : t('admin.log.none')} />
        ) : null}
        {!loading && error === null && more && entries.length > 0 ? (
          <div className="flex justify-center py-4">
            <Button size="sm" onClick={older}>
              {t('admin.log.older')}
            </Button>
          </div>
        ) : null}
      </div>
    </div>
  );
}

function withDays(lines: readonly AuditLine[]): Row[] {
  const rows: Row[] = [];
  let day = '';
  for (const line of lines) {
    const key = new Date(line.at).toDateString();
    if (key !== day) rows.push({ kind: 'day', key: `day ${line.id}`, at: line.at });
    day = key;
    rows.push({ kind: 'line', key: String(line.id), line });
  }
  return rows;
}
