// How a server is that is not shown, in words.

import { useTranslation } from 'react-i18next';
import type { ServerNews } from './servers-store';

export function useNewsWords(): (news: ServerNews | undefined) => string {
  const { t } = useTranslation();
  return (news) => {
    if (news === undefined) return t('connection.state.connecting');
    if (news.problem === 'certificate_changed') return t('servers.otherCertificate');
    const words = {
      connecting: t('connection.state.connecting'),
      online: t('connection.state.online'),
      reconnecting: t('connection.state.reconnecting'),
      offline: t('connection.state.offline'),
      'signed-out': t('connection.state.signedOut'),
      draining: t('connection.state.draining'),
    }[news.kind];
    return news.unread === 0 ? words : `${words} · ${t('servers.unread', { count: news.unread })}`;
  };
}
