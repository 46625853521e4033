// Where keys go once nothing lies over the chat any more. Radix gives the focus back in a task of
// its own, a moment after the overlay is gone: what is typed in between would reach the page, where
// `?` is a shortcut. So it is given back in the step that takes the overlay away.

import { useEffect, useLayoutEffect, useRef } from 'react';
import { focusMessageField } from '@/parts/message-field';
import { useApp } from '@/state/app-store';
import type { Overlay } from '@/state/types';

/** What is inside a dialog or a menu goes away with it. */
function stays(element: Element | null): element is HTMLElement {
  if (!(element instanceof HTMLElement) || !element.isConnected || element === document.body) return false;
  return element.closest('[role=dialog], [role=alertdialog], [role=menu]') === null;
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
    if (closed !== 'first-run' && stays(before.current)) before.current.focus();
    else focusMessageField();
  }, [overlay]);
}
