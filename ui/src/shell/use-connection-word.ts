// The state of the connection in one word.

import { useTranslation } from 'react-i18next';
import { useApp } from '@/state/app-store';
import type { ConnectionState } from '@/state/types';

export function useConnectionWord(): string {
  const { t } = useTranslation();
  const kind: ConnectionState['kind'] = useApp((state) => state.connection.kind);
  switch (kind) {
    case 'connecting':
      return t('connection.state.connecting');
    case 'online':
      return t('connection.state.online');
    case 'reconnecting':
      return t('connection.state.reconnecting');
    case 'offline':
      return t('connection.state.offline');
    case 'signed-out':
      return t('connection.state.signedOut');
    case 'draining':
      return t('connection.state.draining');
    default:
      return kind satisfies never;
  }
}
