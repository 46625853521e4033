// Where keys go once nothing lies over the chat any more. Radix gives the focus back in a task of
// its own, a moment after the overlay is gone: what is typed in between would reach the page, where
// `?` is a shortcut. So it is given back in the step that takes the overlay away.

import { useEffect, useLayoutEffect, useRef } from 'react';
import { useApp } from '@/state/app-store';
import type { Overlay } from '@/state/types';

/** The next thing to do is to ask. A touch screen would throw its keyboard up. */
function toMessageField(): void {
  if (!window.matchMedia('(pointer: coarse)').matches) document.getElementById('composer')?.focus();
}

export function useKeysAfter(overlay: Overlay): void {
  const last = useRef(overlay);
  const before = useRef<Element | null>(null);

  useEffect(
    () =>
      useApp.subscribe((now, then) => {
        // Still before anything of the overlay is drawn, so nothing of it has taken the focus.
        if (then.overlay === 'none' && now.overlay !== 'none') before.current = document.activeElement;
      }),
    [],
  );

  useLayoutEffect(() => {
    const closed = last.current;
    last.current = overlay;
    // Whoever closed it may have given the focus to something already.
    if (overlay !== 'none' || closed === 'none' || document.activeElement !== document.body) return;
    if (closed === 'first-run') toMessageField();
    else if (before.current instanceof HTMLElement) before.current.focus();
  }, [overlay]);
}
