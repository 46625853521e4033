// Speaks to screen readers: the sentences of a running answer as they finish, and short news.

import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { getState, useApp } from '@/state/app-store';
import { runningText } from '@/state/running-text';
import { finishedUpTo, spoken } from './sentences';

const EVERY_MS = 1500;

export function LiveRegion() {
  const { t } = useTranslation();
  const news = useApp((state) => state.announcement);
  const runningId = useApp((state) => state.open?.running?.id ?? null);
  const [sentence, setSentence] = useState('');
  const said = useRef(0);

  useEffect(() => {
    if (runningId === null) return;
    said.current = 0;
    const speak = () => {
      const { text, messageId } = runningText.live;
      if (messageId !== runningId) return;
      const end = finishedUpTo(text);
      if (end <= said.current) return;
      setSentence(spoken(text.slice(said.current, end)));
      said.current = end;
    };
    const timer = setInterval(speak, EVERY_MS);
    return () => {
      clearInterval(timer);
      const message = getState().open?.messages.find((m) => m.id === runningId);
      const rest = spoken(message?.content.slice(said.current) ?? '');
      setSentence(`${rest} ${t('thread.answerDone')}`.trim());
    };
  }, [runningId, t]);

  return (
    <div className="sr-only">
      <p role="status">{sentence}</p>
      <p role="status">{news}</p>
    </div>
  );
}
