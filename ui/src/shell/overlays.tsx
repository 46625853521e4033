// What lies over the chat, one at a time, each loaded when it is first wanted.

import { lazy, Suspense, useEffect } from 'react';
import { actions } from '@/state/actions';
import { useApp } from '@/state/app-store';

const CommandPalette = lazy(() => import('@/screens/command-palette'));
const FirstRun = lazy(() => import('@/screens/first-run'));
const Settings = lazy(() => import('@/screens/settings'));
const ShortcutSheet = lazy(() => import('@/screens/shortcut-sheet'));

export function Overlays() {
  const overlay = useApp((state) => state.overlay);
  const welcomed = useApp((state) => state.settings?.welcomed);

  // Asked once per person, as the server remembers.
  useEffect(() => {
    if (welcomed === false) actions.show('first-run');
  }, [welcomed]);

  return (
    <Suspense>
      {overlay === 'palette' && <CommandPalette />}
      {overlay === 'first-run' && <FirstRun />}
      {overlay === 'settings' && <Settings />}
      {overlay === 'shortcuts' && <ShortcutSheet />}
    </Suspense>
  );
}
