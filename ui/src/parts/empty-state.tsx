// Nothing here yet: what that means, and what to do.

import type { ReactNode } from 'react';

interface EmptyStateProps {
  icon?: ReactNode;
  title: string;
  hint?: string;
  children?: ReactNode;
}

export function EmptyState({ icon, title, hint, children }: EmptyStateProps) {
  return (
    <div className="flex flex-col items-center gap-1 px-6 py-10 text-center">
      {icon === undefined ? null : (
        <span aria-hidden className="mb-2 text-ink-faint">
          {icon}
        </span>
      )}
      <p className="font-medium">{title}</p>
      {hint === undefined ? null : <p className="max-w-md text-balance text-ink-soft">{hint}</p>}
      {children === undefined ? null : <div className="mt-4 flex flex-wrap justify-center gap-2">{children}</div>}
    </div>
  );
}
