// The one round, green button: it sends, or stops.

import type { ReactNode } from 'react';

interface Props {
  label: string;
  submit?: boolean;
  disabled?: boolean;
  children: ReactNode;
  onClick?(): void;
}

export function RoundButton({ label, submit = false, disabled = false, children, onClick }: Props) {
  return (
    <button
      type={submit ? 'submit' : 'button'}
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={onClick}
      className="grid size-8 place-items-center rounded-full bg-accent text-on-accent transition-colors hover:bg-accent-hover disabled:bg-wash-strong disabled:text-ink-faint pointer-coarse:size-touch"
    >
      {children}
    </button>
  );
}
