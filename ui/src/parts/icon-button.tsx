// A button with a picture. Its name is spoken, and shown under the pointer.

import type { ComponentProps, ReactNode } from 'react';
import { classNames } from './class-names';
import { Tooltip } from './tooltip';

interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children' | 'aria-label'> {
  label: string;
  size?: 'sm' | 'md' | 'lg';
  tone?: 'quiet' | 'primary' | 'danger';
  /** Keys that do the same, shown with the name. */
  shortcut?: string;
  tooltipSide?: 'top' | 'bottom' | 'left' | 'right';
  children: ReactNode;
}

const SIZES = { sm: 'size-7', md: 'size-8', lg: 'size-10' };
const TONES = {
  quiet: 'text-ink-soft hover:bg-wash hover:text-ink aria-expanded:bg-wash aria-pressed:text-accent',
  primary: 'bg-accent text-on-accent hover:bg-accent-hover',
  danger: 'text-ink-soft hover:bg-danger-wash hover:text-danger',
};

export function IconButton({
  label,
  size = 'md',
  tone = 'quiet',
  shortcut,
  tooltipSide = 'bottom',
  type = 'button',
  className,
  children,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip text={label} side={tooltipSide} {...(shortcut === undefined ? {} : { shortcut })}>
      <button
        type={type}
        aria-label={label}
        className={classNames(
          'grid shrink-0 place-items-center rounded-sm transition-colors pointer-coarse:size-touch',
          'disabled:opacity-45 disabled:pointer-events-none',
          SIZES[size],
          TONES[tone],
          className,
        )}
        {...rest}
      >
        {children}
      </button>
    </Tooltip>
  );
}
