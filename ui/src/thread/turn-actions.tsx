// The quiet row under a turn. It is always there for touch and keyboard; a mouse sees it on hover.

import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

export function TurnActions({ shown, end, children }: { shown: boolean; end?: boolean; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <div
      role="group"
      aria-label={t('thread.messageActions')}
      className={`flex h-7 items-center pointer-coarse:h-touch gap-0.5 text-ink-faint transition-opacity ${end ? 'justify-end pointer-coarse:-mr-3.5' : '-ml-1.5 pointer-coarse:-ml-3.5'} ${
        shown
          ? ''
          : 'opacity-0 focus-within:opacity-100 group-hover/turn:opacity-100 has-[[aria-expanded=true]]:opacity-100 pointer-coarse:opacity-100'
      }`}
    >
      {children}
    </div>
  );
}
