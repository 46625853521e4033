// Finding somebody to let in: among the people of the server, or by an exact name where it does not
// list them.

import { UserPlus } from 'lucide-react';
import { useId, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { isForbidden } from '@/state/api';
import { Button } from '@/parts/button';
import { CONTROL, TextField } from '@/parts/field';
import { Notice } from '@/parts/notice';
import { SegmentedControl } from '@/parts/segmented-control';
import { Failure } from '@/parts/failure';
import { useLoaded } from '@/parts/use-loaded';
import { useTask } from '@/parts/use-task';
import { directory, share } from './change';
import { Face } from './face';

const MOST_SHOWN = 4;

interface Props {
  chatId: string;
  /** Who is in it already. */
  known: ReadonlySet<string>;
}

export function PersonSearch({ chatId, known }: Props) {
  const { t } = useTranslation();
  const id = useId();
  const people = useLoaded(directory);
  const task = useTask();
  const [query, setQuery] = useState('');
  const [access, setAccess] = useState<'read' | 'write'>('read');
  const hidden = isForbidden(people.error);
  const others = (people.data ?? []).filter(({ userId }) => !known.has(userId));
  const wanted = query.trim().toLocaleLowerCase();
  const found = others.filter(({ name }) => name.toLocaleLowerCase().includes(wanted));

  const add = async (whom: { userId: string } | { name: string }) => {
    if (await task.run(() => share({ chatId, access, ...whom }))) setQuery('');
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const [only] = found;
    if (hidden && wanted !== '') void add({ name: query.trim() });
    else if (only !== undefined && found.length === 1) void add({ userId: only.userId });
  };

  if (people.error !== null && !hidden) return <Failure error={people.error} onRetry={() => void people.reload()} />;
  return (
    <form className="flex flex-col gap-3" onSubmit={submit}>
      <div className="flex flex-wrap items-end gap-3">
        {hidden ? (
          <TextField
            label={t('share.byName')}
            hint={t('share.byNameHint')}
            autoComplete="off"
            className="min-w-48 flex-1"
            value={query}
            onChange={(event) => setQuery(event.target.value)}
          />
        ) : (
          <span className="flex min-w-48 flex-1 flex-col gap-1.5">
            <label htmlFor={id} className="font-medium">
              {t('share.find')}
            </label>
            <input
              id={id}
              type="search"
              autoComplete="off"
              placeholder={t('share.findPlaceholder')}
              className={`${CONTROL} h-10 px-3 pointer-coarse:h-touch`}
              value={query}
              onChange={(event) => setQuery(event.target.value)}
            />
          </span>
        )}
        <SegmentedControl
          label={t('share.mayAs')}
          value={access}
          onValueChange={setAccess}
          segments={[
            { value: 'read', label: t('share.access.read') },
            { value: 'write', label: t('share.access.write') },
          ]}
        />
        {hidden && (
          <Button type="submit" tone="primary" busy={task.busy} disabled={wanted === ''}>
            {t('share.add')}
          </Button>
        )}
      </div>
      {task.error === null ? null : (
        <Notice tone="danger" live>
          {task.error}
        </Notice>
      )}
      {people.data !== null && (
        <ul aria-label={t('share.found')} className="-mx-2 flex flex-col">
          {found.slice(0, MOST_SHOWN).map(({ userId, name }) => (
            <li key={userId}>
              <button
                type="button"
                aria-label={t('share.addPerson', { name })}
                disabled={task.busy}
                className="flex min-h-11 w-full items-center gap-3 rounded-md px-2 text-left hover:bg-wash"
                onClick={() => void add({ userId })}
              >
                <Face name={name} />
                <span className="min-w-0 flex-1 truncate">{name}</span>
                <UserPlus size={16} aria-hidden="true" className="shrink-0 text-ink-faint" />
              </button>
            </li>
          ))}
        </ul>
      )}
      {people.data !== null && found.length === 0 && (
        <p role="status" className="text-sm text-ink-soft">
          {others.length === 0 ? t('share.everybodyIn') : t('share.noMatch')}
        </p>
      )}
      {found.length > MOST_SHOWN && (
        <p className="text-sm text-ink-faint">{t('share.more', { count: found.length - MOST_SHOWN })}</p>
      )}
    </form>
  );
}
