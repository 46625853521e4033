// What may be spent, and with which models: by all together, by each, by one person
// or one device of theirs. And what models cost, since limits of money need to know.

import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LevelLimits, Limits as Said, LimitsOf, LimitsPage, UserList } from '@/generated/wire';
import { Busy } from '@/parts/busy';
import { Button } from '@/parts/button';
import { Failure } from '@/parts/failure';
import { SegmentedControl } from '@/parts/segmented-control';
import { useLoaded } from '@/parts/use-loaded';
import { actions } from '@/state/actions';
import { ask } from '@/state/api';
import { LimitForm } from './limit-form';
import { Page } from './page';
import { PricesForm } from './prices-form';
import { WhoseLimits } from './whose-limits';

const LEVELS = ['everyone', 'server', 'user'] as const;
type Level = (typeof LEVELS)[number];

const load = async () => {
  const [page, { users }] = await Promise.all([ask<LimitsPage>('GET', '/api/limits'), ask<UserList>('GET', '/api/users')]);
  return { page, users };
};

/** What a level says; `id` is that of the person or the device. */
const saidBy = (page: LimitsPage, of: LimitsOf, id: string | null): Said =>
  page.limits.find((one) => one.of === of && (one.deviceId ?? one.userId ?? null) === id)?.limits ?? {};

export function Limits() {
  const { t } = useTranslation();
  const { data, error, reload, change } = useLoaded(load);
  const [level, setLevel] = useState<Level>('everyone');
  const [userId, setUserId] = useState<string | null>(null);
  const [deviceId, setDeviceId] = useState<string | null>(null);
  const of = level === 'user' && deviceId !== null ? 'device' : level;
  const choose = (person: string, device: string | null) => {
    setUserId(person);
    setDeviceId(device);
  };
  const save = async (limits: Said) => {
    const body: LevelLimits = {
      of,
      limits,
      ...(of === 'user' && userId !== null && { userId }),
      ...(of === 'device' && deviceId !== null && { deviceId }),
    };
    const page = await ask<LimitsPage>('PUT', '/api/limits', body);
    change((before) => ({ ...before, page }));
  };

  if (data === null) {
    return <Page>{error === null ? <Busy words={t('common.loading')} /> : <Failure error={error} onRetry={() => void reload()} />}</Page>;
  }
  const { page, users } = data;
  const everyone = { ...page.configured, ...given(saidBy(page, 'everyone', null)) };
  const id = of === 'device' ? deviceId : of === 'user' ? userId : null;
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
        <p className="text-sm text-ink-faint">{t(`admin.limits.hint.${of}`)}</p>
        {level === 'user' ? (
          <WhoseLimits page={page} users={users} userId={userId} deviceId={deviceId} onChoose={choose} />
        ) : null}
        {level === 'user' && userId === null ? null : (
          <LimitForm
            key={`${of} ${id}`}
            of={of}
            said={saidBy(page, of, id)}
            otherwise={of === 'user' ? everyone : of === 'everyone' ? page.configured : {}}
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
