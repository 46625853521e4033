// What the person said and the server has not confirmed: it looks like any turn of theirs, and
// says in a word how far it is.

import { useTranslation } from 'react-i18next';
import { reasonText } from '@/i18n/reason-text';
import { exactTime } from '@/i18n/relative-time';
import { actions } from '@/state/actions';
import { useApp } from '@/state/app-store';
import type { Waiting } from '@/state/types';
import { LineButton } from './line-button';

export function WaitingTurn({ entry }: { entry: Waiting }) {
  const { t } = useTranslation();
  const online = useApp((state) => state.connection.kind === 'online');
  const { error, clientId } = entry;

  const edit = () => {
    actions.setDraft(entry.chatId, entry.content);
    actions.discardWaiting(clientId);
    document.getElementById('composer')?.focus();
  };

  return (
    <article aria-label={t('thread.you')} className="flex flex-col items-end pt-5">
      <div
        dir="auto"
        className={`max-w-[85%] whitespace-pre-wrap break-words rounded-xl rounded-br-xs px-4 py-2.5 text-[0.9375rem]/[1.6] ${
          error === undefined ? 'bg-wash' : 'bg-danger-wash'
        }`}
      >
        {entry.content}
      </div>
      {error === undefined ? (
        <p className="flex h-8 items-center px-1.5 text-xs text-ink-faint">
          {online && entry.attempts > 0 ? t('thread.sending') : t('thread.queued')}
        </p>
      ) : (
        <p className="flex max-w-[85%] flex-wrap items-center justify-end gap-x-3 pt-1 text-right text-sm text-danger">
          <span>
            {t('thread.sendFailed')} {reasonText(error.reason)}
            {error.retryAt !== undefined && <> {t('thread.freesAt', { time: exactTime(error.retryAt) })}</>}
          </span>
          <span className="flex flex-wrap justify-end gap-x-3">
            <LineButton onClick={() => actions.retryWaiting(clientId)}>{t('thread.retrySend')}</LineButton>
            <LineButton onClick={edit}>{t('common.edit')}</LineButton>
            <LineButton onClick={() => actions.discardWaiting(clientId)}>{t('thread.discard')}</LineButton>
          </span>
        </p>
      )}
    </article>
  );
}
