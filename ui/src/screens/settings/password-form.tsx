// The password with which this person signs in from elsewhere.

import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Me } from '@/generated/wire';
import { Button } from '@/parts/button';
import { TextField } from '@/parts/field';
import { Notice } from '@/parts/notice';
import { useLoaded } from '@/parts/use-loaded';
import { useTask } from '@/parts/use-task';
import { actions } from '@/state/actions';
import { ask } from '@/state/api';
import { useApp } from '@/state/app-store';

const SHORTEST = 8;
const load = () => ask<Me>('GET', '/api/session');

export function PasswordForm() {
  const { t } = useTranslation();
  const name = useApp((state) => state.person?.name ?? '');
  const { run, busy, error } = useTask();
  const [password, setPassword] = useState('');
  const [current, setCurrent] = useState('');
  const { data: me, reload } = useLoaded(load);
  const [short, setShort] = useState(false);
  const [done, setDone] = useState(false);

  // Who has one on a device proves to be more than its finder.
  const asksCurrent = me?.hasPassword === true && me.deviceId !== undefined;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setDone(false);
    setShort(password.length < SHORTEST);
    if (password.length < SHORTEST) return;
    if (!(await run(() => actions.setPassword(password, asksCurrent ? current : undefined)))) return;
    setPassword('');
    setCurrent('');
    void reload();
    setDone(true);
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-3">
      {/* Password managers keep the two together. */}
      <input type="text" name="username" autoComplete="username" value={name} readOnly hidden />
      {asksCurrent ? (
        <TextField
          label={t('settings.network.currentPassword')}
          type="password"
          autoComplete="current-password"
          required
          value={current}
          onChange={(event) => setCurrent(event.target.value)}
        />
      ) : null}
      <TextField
        label={t('settings.network.password')}
        hint={[t('settings.network.passwordHint', { name }), asksCurrent && t('settings.network.passwordOthers')].filter(Boolean).join(' ')}
        type="password"
        autoComplete="new-password"
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        error={short ? t('settings.network.passwordShort') : undefined}
      />
      {error === null ? null : (
        <Notice tone="danger" live>
          {error}
        </Notice>
      )}
      {done ? (
        <Notice tone="good" live>
          {t('settings.network.passwordSet')}
        </Notice>
      ) : null}
      <div>
        <Button type="submit" size="sm" busy={busy}>
          {t('settings.network.setPassword')}
        </Button>
      </div>
    </form>
  );
}
