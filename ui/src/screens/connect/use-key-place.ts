// Where a provider's key would be kept: the keyring of this computer, memory until the app closes,
// or memory of a server elsewhere. The key itself only ever goes in.

import { useEffect, useState } from 'react';
import { host } from '@/platform';
import { useApp } from '@/state/app-store';

export type KeyPlace = 'asking' | 'keyring' | 'no-keyring' | 'server';

export function useKeyPlace(): KeyPlace {
  const remote = useApp((state) => state.server?.remote !== false);
  const desktop = remote ? null : host.desktop;
  const [answer, setAnswer] = useState<KeyPlace>('asking');
  useEffect(() => {
    if (desktop === null) return undefined;
    let wanted = true;
    desktop.keyringState().then(
      (state) => wanted && setAnswer(state.available ? 'keyring' : 'no-keyring'),
      () => wanted && setAnswer('no-keyring'),
    );
    return () => {
      wanted = false;
    };
  }, [desktop]);
  return desktop === null ? 'server' : answer;
}
