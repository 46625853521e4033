// A button with words. `primary` is the one thing a screen is for; `plain` is all the rest.

import type { ComponentProps, ReactNode } from 'react';
import { Busy } from './busy';
import { classNames } from './class-names';

export type ButtonTone = 'primary' | 'plain' | 'quiet' | 'danger';

const TONES: Record<ButtonTone, string> = {
  primary: 'bg-accent text-on-accent hover:bg-accent-hover',
  plain: 'bg-paper-raised text-ink border border-line hover:bg-wash hover:border-line-strong',
  quiet: 'text-ink-soft hover:bg-wash hover:text-ink',
  danger: 'text-danger hover:bg-danger-wash',
};

interface ButtonProps extends ComponentProps<'button'> {
  tone?: ButtonTone;
  size?: 'sm' | 'md';
  icon?: ReactNode;
  /** Something is under way: the button keeps its place and its focus, and takes no second click. */
  busy?: boolean;
}

export function Button({
  tone = 'plain',
  size = 'md',
  icon,
  busy = false,
  type = 'button',
  className,
  children,
  onClick,
  ...rest
}: ButtonProps) {
  return (
    <button
      type={type}
      aria-busy={busy || undefined}
      aria-disabled={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
      className={classNames(
        'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap transition-colors pointer-coarse:min-h-touch',
        'disabled:opacity-50 disabled:pointer-events-none',
        size === 'sm' ? 'min-h-7 px-2.5 text-sm' : 'min-h-9 px-3.5 text-base',
        TONES[tone],
        className,
      )}
      {...rest}
    >
      {busy ? <Busy words={null} /> : icon}
      {children}
    </button>
  );
}
