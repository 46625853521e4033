// The keys that work everywhere.

import { useEffect } from 'react';
import { host } from '@/platform';
import { switchToPlace } from '@/servers/switch-server';
import { actions } from '@/state/actions';
import { getState } from '@/state/app-store';

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

function focus(id: string): void {
  // The drawer or the sidebar may only just be opening.
  requestAnimationFrame(() => document.getElementById(id)?.focus());
}

export function useShortcuts(showSidebar: (shown: boolean) => void, sidebarShown: () => boolean): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const mod = event.ctrlKey || event.metaKey;
      const key = event.key.toLowerCase();
      const run = (action: () => void) => {
        event.preventDefault();
        action();
      };
      if (mod && !event.altKey) {
        if (key === 'k') run(() => actions.show(getState().overlay === 'palette' ? 'none' : 'palette'));
        else if (key === 'n' && !event.shiftKey) run(() => (actions.newChat(), focus('composer')));
        else if (key === 'f' && event.shiftKey) run(() => (showSidebar(true), focus('chat-search')));
        else if (/^[1-9]$/.test(key) && host.desktop !== null) run(() => switchToPlace(Number(key)));
        else if (key === ',') run(() => actions.show('settings', 'general'));
        else if (key === 'b' || key === '\\') run(() => showSidebar(!sidebarShown()));
        return;
      }
      if (event.key === '?' && !isTyping(event.target)) run(() => actions.show('shortcuts'));
      else if (event.key === '/' && !isTyping(event.target)) run(() => focus('composer'));
      else if (event.key === 'Escape' && !event.defaultPrevented && getState().overlay === 'none') {
        if (getState().open?.running) run(actions.stop);
      }
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, [showSidebar, sidebarShown]);
}
