// What lies over the chat, one at a time, each loaded when it is first wanted.

import { lazy, Suspense, useEffect } from 'react';
import { useServers } from '@/servers/servers-store';
import { actions } from '@/state/actions';
import { useSharing } from '@/screens/share/use-sharing';
import { useApp } from '@/state/app-store';
import { useKeysAfter } from './use-keys-after';

const CommandPalette = lazy(() => import('@/screens/command-palette'));
const FirstRun = lazy(() => import('@/screens/first-run'));
const ServersDialogs = lazy(() => import('@/servers/servers-dialogs'));
const Settings = lazy(() => import('@/screens/settings'));
const ShareDialog = lazy(() => import('@/screens/share'));
const ShortcutSheet = lazy(() => import('@/screens/shortcut-sheet'));

export function Overlays() {
  const overlay = useApp((state) => state.overlay);
  const asking = useServers((state) => state.dialog !== null);
  const sharing = useSharing((state) => state.chatId !== null);
  const welcomed = useApp((state) => state.settings?.welcomed);
  useKeysAfter(overlay);

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
      {sharing && <ShareDialog />}
      {asking && <ServersDialogs />}
    </Suspense>
  );
}
