// The firewalls that may stand before this computer, each with the exact command that opens the door
// in it. A person runs it; Parlor changes no firewall.

import { useTranslation } from 'react-i18next';
import type { LanFirewall } from '@/generated/wire';
import { CopyLine } from '../settings/copy-line';

export function Firewalls({ firewalls }: { firewalls: readonly LanFirewall[] }) {
  const { t } = useTranslation();
  // Those that are off need no command; where all are, a person may know better.
  const relevant = firewalls.filter(({ on }) => on !== false);
  const shown = relevant.length > 0 ? relevant : firewalls;
  return (
    <section aria-label={t('sharing.check.firewalls')} className="flex flex-col gap-3">
      <div>
        <h4 className="font-medium">{t('sharing.check.firewalls')}</h4>
        <p className="mt-0.5 text-sm text-ink-faint">{t('sharing.check.firewallsHint')}</p>
      </div>
      <ul className="flex flex-col gap-3">
        {shown.map(({ name, on, command }) => (
          <li key={name}>
            <p className="mb-1 text-sm text-ink-soft">
              {t(`sharing.check.firewall.${name}`)} · {t(`sharing.check.${on === undefined ? 'unknown' : on ? 'on' : 'off'}`)}
            </p>
            <CopyLine text={command} label={t('sharing.check.copyCommand')} />
          </li>
        ))}
      </ul>
    </section>
  );
}
