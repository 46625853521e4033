// A button inside a sentence: underlined words in the colour around them.

import type { ReactNode } from 'react';

interface Props {
  children: ReactNode;
  disabled?: boolean;
  onClick(): void;
}

export function LineButton({ children, disabled = false, onClick }: Props) {
  return (
    <button
      type="button"
      disabled={disabled}
      onClick={onClick}
      className="touch-area min-h-6 rounded-xs font-medium underline decoration-1 underline-offset-3 hover:decoration-2 disabled:no-underline disabled:opacity-60"
    >
      {children}
    </button>
  );
}
