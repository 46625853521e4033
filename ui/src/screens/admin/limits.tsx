// What may be spent, and with which models: by all together, by each, by one person. And what models
// cost, since limits of money need to know.

import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LevelLimits, Limits as Said, LimitsPage, UserList } from '@/generated/wire';
import { Busy } from '@/parts/busy';
import { Button } from '@/parts/button';
import { Failure } from '@/parts/failure';
import { SegmentedControl } from '@/parts/segmented-control';
import { Select } from '@/parts/select';
import { useLoaded } from '@/parts/use-loaded';
import { actions } from '@/state/actions';
import { ask } from '@/state/api';
import { LimitForm } from './limit-form';
import { Page } from './page';
import { PricesForm } from './prices-form';

const LEVELS = ['everyone', 'server', 'user'] as const;
type Level = (typeof LEVELS)[number];

const load = async () => {
  const [page, { users }] = await Promise.all([ask<LimitsPage>('GET', '/api/limits'), ask<UserList>('GET', '/api/users')]);
  return { page, users };
};

const saidBy = (page: LimitsPage, level: Level, userId: string | null): Said =>
  page.limits.find((one) => one.of === level && (level !== 'user' || one.userId === userId))?.limits ?? {};

export function Limits() {
  const { t } = useTranslation();
  const { data, error, reload, change } = useLoaded(load);
  const [level, setLevel] = useState<Level>('everyone');
  const [userId, setUserId] = useState<string | null>(null);
  const save = async (limits: Said) => {
    const body: LevelLimits = { of: level, limits, ...(level === 'user' && userId !== null && { userId }) };
    const page = await ask<LimitsPage>('PUT', '/api/limits', body);
    change((before) => ({ ...before, page }));
  };

  if (data === null) {
    return <Page>{error === null ? <Busy words={t('common.loading')} /> : <Failure error={error} onRetry={() => void reload()} />}</Page>;
  }
  const { page, users } = data;
  const everyone = { ...page.configured, ...given(saidBy(page, 'everyone', null)) };
  const own = page.limits.filter(({ of }) => of === 'user');
  const known = new Map(users.map((user) => [user.userId, user.name]));
  return (
    <Page>
      <div className="flex flex-col gap-5">
        <div>
          <h2 className="text-lg font-semibold">{t('admin.limits.title')}</h2>
          <p className="mt-0.5 text-ink-soft">{t('admin.limits.intro')}</p>
        </div>
        <SegmentedControl
          label={t('admin.limits.whose')}
          value={level}
          onValueChange={setLevel}
          segments={LEVELS.map((value) => ({ value, label: t(`admin.limits.of.${value}`) }))}
          className="max-w-lg"
        />
        <p className="text-sm text-ink-faint">{t(`admin.limits.hint.${level}`)}</p>
        {level === 'user' ? (
          <div className="flex flex-col gap-2">
            <div className="max-w-sm">
              <Select
                label={t('admin.limits.person')}
                value={userId ?? ''}
                onValueChange={setUserId}
                placeholder={t('admin.limits.choosePerson')}
                options={[...users].sort((a, b) => a.name.localeCompare(b.name)).map((user) => ({ value: user.userId, label: user.name }))}
              />
            </div>
            {own.length === 0 ? null : (
              <ul aria-label={t('admin.limits.own')} className="flex flex-wrap gap-1.5">
                {own.map((one) => (
                  <li key={one.userId}>
                    <button
                      type="button"
                      aria-pressed={one.userId === userId}
                      onClick={() => setUserId(one.userId ?? null)}
                      className="min-h-7 rounded-full bg-wash px-3 text-sm text-ink-soft hover:bg-wash-strong hover:text-ink aria-pressed:bg-wash-strong aria-pressed:text-ink"
                    >
                      {known.get(one.userId ?? '') ?? one.userId}
                    </button>
                  </li>
                ))}
              </ul>
            )}
          </div>
        ) : null}
        {level === 'user' && userId === null ? null : (
          <LimitForm
            key={`${level} ${userId}`}
            said={saidBy(page, level, userId)}
            otherwise={level === 'user' ? everyone : level === 'everyone' ? page.configured : {}}
            currency={page.currency}
            onSave={save}
          />
        )}
      </div>
      <PricesForm />
      <section className="mt-10 flex flex-wrap items-center justify-between gap-3 border-t pt-6">
        <p className="text-ink-soft">{t('admin.limits.providers')}</p>
        <Button onClick={() => actions.show('settings', 'models')}>{t('admin.limits.toProviders')}</Button>
      </section>
    </Page>
  );
}

/** Only what is said: null is as good as absent. */
const given = (limits: Said): Said => Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== null && value !== undefined));
