// One line of the log, and the day that several of them belong to.

import {
  Coins,
  DoorClosed,
  DoorOpen,
  Gauge,
  KeyRound,
  Link2,
  LogIn,
  LogOut,
  MailCheck,
  MailPlus,
  MailX,
  ShieldAlert,
  Smartphone,
  Unplug,
  UserCog,
  UserPlus,
  Waypoints,
  Wifi,
  WifiOff,
  type LucideIcon,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { AuditLine } from '@/generated/wire';
import { currentLanguage } from '@/i18n';
import { exactTime } from '@/i18n/relative-time';
import { actionText, detailText, isWorrying, whence } from './audit-words';

const ICONS: Partial<Record<string, LucideIcon>> = {
  signed_in: LogIn,
  sign_in_refused: ShieldAlert,
  signed_out: LogOut,
  device_revoked: Unplug,
  devices_revoked: Unplug,
  token_reused: ShieldAlert,
  password_changed: KeyRound,
  user_created: UserPlus,
  role_changed: UserCog,
  user_enabled: DoorOpen,
  user_disabled: DoorClosed,
  invitation_created: MailPlus,
  invitation_revoked: MailX,
  invitation_accepted: MailCheck,
  link_created: Link2,
  identity_linked: Waypoints,
  limits_changed: Gauge,
  prices_changed: Coins,
  lan_opened: Wifi,
  lan_closed: WifiOff,
  device_paired: Smartphone,
};

export function AuditRow({ line }: { line: AuditLine }) {
  const { t } = useTranslation();
  const { action, actor, subject, at } = line;
  const Icon = ICONS[action] ?? Waypoints;
  const worrying = isWorrying(action);
  const detail = detailText(line);
  const other = subject !== undefined && subject.userId !== actor?.userId ? subject.name : null;
  return (
    <div role="listitem" className="flex items-center gap-3.5 py-2">
      <span
        aria-hidden
        className={`grid size-9 shrink-0 place-items-center rounded-full ${worrying ? 'bg-warn-wash text-warn' : 'bg-wash text-ink-soft'}`}
      >
        <Icon size={16} />
      </span>
      <div className="min-w-0 flex-1">
        <p className="wrap-anywhere sm:truncate">
          <span className={worrying ? 'font-medium text-warn' : 'font-medium'}>{actionText(action)}</span>
          {other === null ? null : <span>{t('admin.log.of', { name: other })}</span>}
          {detail === '' ? null : <span className="text-ink-soft"> · {detail}</span>}
        </p>
        <p className="truncate text-sm text-ink-faint tabular-nums">
          {whence(line) ?? t('admin.log.server')}
        </p>
      </div>
      <time dateTime={at} title={exactTime(at)} className="shrink-0 text-sm text-ink-faint tabular-nums">
        {new Intl.DateTimeFormat(currentLanguage(), { timeStyle: 'short' }).format(new Date(at))}
      </time>
    </div>
  );
}

export function DayRow({ at }: { at: string }) {
  const words = new Intl.DateTimeFormat(currentLanguage(), { dateStyle: 'full' }).format(new Date(at));
  return (
    <div role="listitem">
      <h2 className="pt-4 pb-1 text-xs text-ink-faint">{words}</h2>
    </div>
  );
}
