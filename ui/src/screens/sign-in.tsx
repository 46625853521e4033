// Signing in with a name and a password, in a browser.

import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { errorText } from '@/i18n/reason-text';
import { Button } from '@/parts/button';
import { actions } from '@/state/actions';

export default function SignIn() {
  const { t } = useTranslation();
  const [problem, setProblem] = useState<string | null>(null);
  return (
    <main className="grid h-dvh place-items-center p-4">
      <form
        className="flex w-full max-w-80 flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          const fields = new FormData(event.currentTarget);
          actions
            .signIn(String(fields.get('name')), String(fields.get('password')))
            .catch((error: unknown) => setProblem(errorText(error)));
        }}
      >
        <h1 className="text-xl font-semibold">{t('signIn.title')}</h1>
        <input name="name" aria-label={t('signIn.name')} autoComplete="username" className="h-9 rounded-md border px-3" />
        <input name="password" type="password" aria-label={t('signIn.password')} autoComplete="current-password" className="h-9 rounded-md border px-3" />
        {problem !== null && <p role="alert">{problem}</p>}
        <Button tone="primary" type="submit">
          {t('signIn.submit')}
        </Button>
      </form>
    </main>
  );
}
