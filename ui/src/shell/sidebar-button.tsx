// A row of the sidebar that does something, with its key at the end.

import type { ReactNode } from 'react';

interface Props {
  icon: ReactNode;
  shortcut?: string;
  /** It is where one is. */
  current?: boolean;
  children: ReactNode;
  onClick(): void;
}

export function SidebarButton({ icon, shortcut, current = false, children, onClick }: Props) {
  return (
    <button
      type="button"
      onClick={onClick}
      aria-current={current ? 'page' : undefined}
      className={`group flex h-9 w-full pointer-coarse:h-touch pointer-coarse:text-[1rem] items-center gap-2.5 rounded-md px-2.5 text-left ${current ? 'bg-wash-strong' : 'hover:bg-wash'}`}
    >
      <span aria-hidden="true" className="text-ink-soft">
        {icon}
      </span>
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {shortcut !== undefined && (
        <kbd className="font-sans text-xs text-ink-faint pointer-coarse:hidden">{shortcut}</kbd>
      )}
    </button>
  );
}
