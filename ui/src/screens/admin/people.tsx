// Everybody with an account. Hundreds are searched, and only the rows in view exist.

import { Search, UserPlus } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Virtualizer } from 'virtua';
import type { UserInfo, UserList } from '@/generated/wire';
import { formatNumber } from '@/i18n/numbers';
import { Busy } from '@/parts/busy';
import { Button } from '@/parts/button';
import { EmptyState } from '@/parts/empty-state';
import { Failure } from '@/parts/failure';
import { CONTROL } from '@/parts/field';
import { useLoaded } from '@/parts/use-loaded';
import { actions } from '@/state/actions';
import { ask } from '@/state/api';
import { COLUMN } from './page';
import { PersonDialog } from './person-dialog';
import { PersonRow } from './person-row';

const load = async () => (await ask<UserList>('GET', '/api/users')).users;
const ROW_PX = 60;

export function People() {
  const { t } = useTranslation();
  const { data, error, reload, change } = useLoaded(load);
  const [query, setQuery] = useState('');
  const [opened, setOpened] = useState<string | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const found = useMemo(() => sought(data ?? [], query), [data, query]);
  const person = data?.find(({ userId }) => userId === opened);

  const changed = (user: UserInfo) => change((all) => all.map((one) => (one.userId === user.userId ? user : one)));
  return (
    <div ref={scroller} className="min-h-0 flex-1 overflow-y-auto [scrollbar-gutter:stable]">
      <div className={`${COLUMN} sticky top-0 z-10 flex flex-wrap items-center gap-3 bg-paper pt-5 pb-3`}>
        <div className="relative flex min-w-48 flex-1 items-center">
          <Search size={16} aria-hidden className="pointer-events-none absolute left-3 text-ink-faint" />
          <input
            type="search"
            value={query}
            onChange={(event) => setQuery(event.target.value)}
            aria-label={t('admin.people.search')}
            placeholder={t('admin.people.search')}
            className={`${CONTROL} h-9 pointer-coarse:h-touch pr-3 pl-9`}
          />
        </div>
        <p role="status" className="text-sm text-ink-faint tabular-nums max-sm:order-last max-sm:w-full">
          {data === null ? null : query === '' ? t('admin.people.count', { count: data.length }) : t('admin.people.found', { found: formatNumber(found.length), all: formatNumber(data.length) })}
        </p>
        <Button tone="primary" icon={<UserPlus size={16} aria-hidden />} onClick={() => actions.showAdmin('invitations')}>
          {t('admin.people.invite')}
        </Button>
      </div>
      <div className={`${COLUMN} pb-16`}>
        {error === null ? null : <Failure error={error} onRetry={() => void reload()} />}
        {data === null && error === null ? <Busy words={t('common.loading')} className="py-6" /> : null}
        {data !== null && found.length === 0 ? <EmptyState title={t('admin.people.none', { query })} /> : null}
        {found.length === 0 ? null : (
          <div role="list" aria-label={t('admin.section.people')} className="-mx-3">
            <Virtualizer scrollRef={scroller} itemSize={ROW_PX} startMargin={ROW_PX} data={found}>
              {(user, at) => (
                <PersonRow key={user.userId} user={user} at={at} of={found.length} onOpen={() => setOpened(user.userId)} />
              )}
            </Virtualizer>
          </div>
        )}
      </div>
      {person === undefined ? null : <PersonDialog user={person} onChange={changed} onClose={() => setOpened(null)} />}
    </div>
  );
}

const plain = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase();

function sought(all: readonly UserInfo[], query: string): UserInfo[] {
  const wanted = plain(query.trim());
  return all
    .filter(({ name, role }) => wanted === '' || plain(name).includes(wanted) || role === wanted)
    .sort((one, other) => one.name.localeCompare(other.name));
}
