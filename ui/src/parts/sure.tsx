// A question in place of a button (marked `data-asks`): what would happen, yes or no. For what no
// undo brings back.

import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './button';
import { useTask } from './use-task';

interface SureProps {
  question: string;
  /** What the button that does it says. */
  yes: string;
  onYes: () => Promise<unknown>;
  onDone: () => void;
}

export function Sure({ question, yes, onYes, onDone }: SureProps) {
  const { t } = useTranslation();
  const { run, busy, error } = useTask();
  const no = useRef<HTMLButtonElement>(null);
  const around = useRef<HTMLElement | null>(null);
  useEffect(() => {
    around.current = no.current?.closest('li, section, [role=tabpanel]') ?? null;
    // The harmless answer is the nearer one.
    no.current?.focus();
  }, []);
  /** What asked is in its place again, and has the focus. */
  const cancel = () => {
    onDone();
    setTimeout(() => around.current?.querySelector<HTMLElement>('[data-asks]')?.focus(), 0);
  };
  return (
    // Escape means no; a dialog around it leaves the key to the question.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      role="group"
      data-question
      aria-label={question}
      className="flex w-full animate-rise-in flex-wrap items-center gap-x-3 gap-y-2 rounded-md bg-danger-wash py-2 pr-2 pl-3"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        cancel();
      }}
    >
      <p className="min-w-40 flex-1 leading-snug text-danger">
        {question}
        {error === null ? null : (
          <span role="alert" className="mt-1 block font-medium">
            {error}
          </span>
        )}
      </p>
      <span className="ml-auto flex gap-1">
        <Button size="sm" tone="danger" busy={busy} className="border border-current" onClick={() => void run(onYes).then((done) => done && onDone())}>
          {yes}
        </Button>
        <Button ref={no} size="sm" tone="quiet" onClick={cancel}>
          {t('common.cancel')}
        </Button>
      </span>
    </div>
  );
}
