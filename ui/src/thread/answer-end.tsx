// How an answer ended, if not well: in words, with the way on.

import { useTranslation } from 'react-i18next';
import { reasonText } from '@/i18n/reason-text';
import { useNow } from '@/lib/use-now';
import { useMayWrite } from '@/state/access';
import { actions } from '@/state/actions';
import type { Message } from '@/state/types';
import { LineButton } from './line-button';

function FailedEnd({ message }: { message: Message }) {
  const { t } = useTranslation();
  const { retryAt, failure } = message;
  const now = useNow(500, retryAt !== undefined);
  const seconds = retryAt === undefined ? 0 : Math.max(0, Math.ceil((retryAt - now) / 1000));
  const hasText = message.content !== '';
  const mayWrite = useMayWrite();

  return (
    <div className="my-2 w-fit max-w-full rounded-lg bg-danger-wash px-3.5 py-2 text-sm text-danger">
      <p>
        {reasonText(failure?.reason)} {seconds > 0 && t('thread.retryIn', { count: seconds })}
      </p>
      {mayWrite && <p className="flex gap-4">
        {hasText && <LineButton onClick={() => actions.continueAnswer(message.id)}>{t('thread.continue')}</LineButton>}
        <LineButton disabled={seconds > 0} onClick={() => actions.regenerate(message.id)}>
          {t('thread.retry')}
        </LineButton>
      </p>}
    </div>
  );
}

export function AnswerEnd({ message, last }: { message: Message; last: boolean }) {
  const { t } = useTranslation();
  const { status } = message;
  const mayWrite = useMayWrite();
  if (status === 'complete') {
    return message.content.trim() === '' ? (
      <p className="text-sm text-ink-soft">{reasonText('empty_answer')}</p>
    ) : null;
  }
  if (status === 'failed') return <FailedEnd message={message} />;
  return (
    <p className="flex min-h-8 flex-wrap items-center gap-x-3 text-sm text-ink-soft">
      {status === 'stopped' ? t('thread.stopped') : t('thread.interrupted')}
      {last && mayWrite && (
        <LineButton onClick={() => actions.continueAnswer(message.id)}>{t('thread.continue')}</LineButton>
      )}
    </p>
  );
}
