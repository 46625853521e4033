// The column that a section of the server's management is written in, and that scrolls.

import type { ReactNode, Ref } from 'react';

export const COLUMN = 'mx-auto w-full max-w-[52rem] px-5 md:px-6';

export function Page({ scroller, children }: { scroller?: Ref<HTMLDivElement>; children: ReactNode }) {
  return (
    <div ref={scroller} className="min-h-0 flex-1 overflow-y-auto [scrollbar-gutter:stable]">
      <div className={`${COLUMN} pt-6 pb-16`}>{children}</div>
    </div>
  );
}
