// How many chats have something new.

import { useTranslation } from 'react-i18next';
import { formatNumber } from '@/i18n/numbers';

export function UnreadBadge({ count }: { count: number }) {
  const { t } = useTranslation();
  if (count === 0) return null;
  return (
    <span
      title={t('servers.unread', { count })}
      className="min-w-5 shrink-0 rounded-full bg-accent px-1.5 text-center text-xs leading-5 font-medium text-on-accent tabular-nums"
    >
      <span aria-hidden="true">{formatNumber(count)}</span>
      <span className="sr-only">{t('servers.unread', { count })}</span>
    </span>
  );
}
