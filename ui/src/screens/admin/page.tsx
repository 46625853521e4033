// The column that a section of the server's management is written in, and that scrolls.

import type { ReactNode } from 'react';

export const COLUMN = 'mx-auto w-full max-w-[52rem] px-5 md:px-6';

export function Page({ children }: { children: ReactNode }) {
  return (
    // A place that scrolls must be reachable by keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div tabIndex={0} className="min-h-0 flex-1 overflow-y-auto [scrollbar-gutter:stable] focus-visible:-outline-offset-2">
      <div className={`${COLUMN} pt-6 pb-16`}>{children}</div>
    </div>
  );
}
