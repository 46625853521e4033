// A line that says something plainly, in place: a warning, a failure, a success.

import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { classNames } from './class-names';

const TONES = {
  warn: { look: 'bg-warn-wash text-warn', Icon: TriangleAlert },
  danger: { look: 'bg-danger-wash text-danger', Icon: CircleAlert },
  good: { look: 'bg-accent-wash text-accent', Icon: CircleCheck },
};

interface NoticeProps {
  tone: keyof typeof TONES;
  children: ReactNode;
  /** A button at the end. */
  action?: ReactNode;
  /** Spoken at once when it appears. */
  live?: boolean;
}

export function Notice({ tone, children, action, live = false }: NoticeProps) {
  const { look, Icon } = TONES[tone];
  return (
    <div
      role={live ? (tone === 'danger' ? 'alert' : 'status') : undefined}
      className={classNames('flex items-start gap-2.5 rounded-md px-3 py-2.5 leading-snug', look)}
    >
      <Icon size={16} aria-hidden className="mt-0.5 shrink-0" />
      <div className="min-w-0 flex-1">{children}</div>
      {action}
    </div>
  );
}
