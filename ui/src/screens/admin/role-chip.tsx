// A role in a word; only those that stand out get a colour.

import { useTranslation } from 'react-i18next';
import type { UserRole } from '@/generated/wire';

export function RoleChip({ role }: { role: UserRole }) {
  const { t } = useTranslation();
  const look = role === 'member' ? 'text-ink-faint' : 'bg-wash-strong text-ink-soft';
  return <span className={`shrink-0 rounded-full px-2 py-0.5 text-xs ${look}`}>{t(`admin.role.${role}`)}</span>;
}
