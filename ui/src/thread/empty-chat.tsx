// The page before the first word: a question, three ways to begin, and who will answer.

import { useTranslation } from 'react-i18next';
import { Mark } from '@/lib/mark';
import { actions } from '@/state/actions';
import { useApp } from '@/state/app-store';
import { LineButton } from './line-button';
import { useOnlyGuide } from './use-only-guide';

export function EmptyChat() {
  const { t } = useTranslation();
  const guide = useOnlyGuide();
  const mayConnect = useApp((state) => state.person?.role !== 'member');
  const questions = guide
    ? [t('thread.ask.guide1'), t('thread.ask.guide2'), t('thread.ask.guide3')]
    : [t('thread.ask.model1'), t('thread.ask.model2'), t('thread.ask.model3')];

  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto">
      <div className="m-auto w-full max-w-thread px-4 py-8 md:px-0">
        <Mark className="mb-5 size-11" />
        <p className="font-reading text-2xl">{t('thread.emptyTitle')}</p>
        <p className="mt-2 text-ink-soft">{guide ? t('thread.guideHint') : t('thread.emptyHint')}</p>
        <ul className="-mx-3 mt-6 flex flex-col">
          {questions.map((question) => (
            <li key={question}>
              <button
                type="button"
                className="w-full rounded-md px-3 py-2.5 text-left font-reading text-reading text-ink-soft hover:bg-wash hover:text-ink"
                onClick={() => actions.send(question)}
              >
                {question}
              </button>
            </li>
          ))}
        </ul>
        {guide && mayConnect && (
          <p className="mt-5 text-accent">
            <LineButton onClick={() => actions.show('settings', 'models')}>{t('thread.connectModel')}</LineButton>
          </p>
        )}
      </div>
    </div>
  );
}
