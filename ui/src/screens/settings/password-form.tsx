// The password with which this person signs in from elsewhere.

import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/parts/button';
import { TextField } from '@/parts/field';
import { Notice } from '@/parts/notice';
import { useTask } from '@/parts/use-task';
import { actions } from '@/state/actions';
import { useApp } from '@/state/app-store';

const SHORTEST = 8;

export function PasswordForm() {
  const { t } = useTranslation();
  const name = useApp((state) => state.person?.name ?? '');
  const { run, busy, error } = useTask();
  const [password, setPassword] = useState('');
  const [short, setShort] = useState(false);
  const [done, setDone] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setDone(false);
    setShort(password.length < SHORTEST);
    if (password.length < SHORTEST) return;
    if (!(await run(() => actions.setPassword(password)))) return;
    setPassword('');
    setDone(true);
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-3">
      {/* Password managers keep the two together. */}
      <input type="text" name="username" autoComplete="username" value={name} readOnly hidden />
      <TextField
        label={t('settings.network.password')}
        hint={t('settings.network.passwordHint', { name })}
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
