// The hops of a phone's request, each with how it stands and why; at the end, who came.

import { Check, CircleHelp, Minus, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { LanCheck, LanVerdict } from '@/generated/wire';
import { i18next } from '@/i18n';
import en from '@/i18n/en.json';
import { Time } from '@/lib/time';

const FACES: Record<LanVerdict, { look: string; Icon: typeof Check }> = {
  good: { look: 'bg-accent-wash text-accent', Icon: Check },
  doubtful: { look: 'bg-warn-wash text-warn', Icon: CircleHelp },
  bad: { look: 'bg-danger-wash text-danger', Icon: X },
  untried: { look: 'bg-wash text-ink-faint', Icon: Minus },
};

/** The sentence for what was found at a hop; a newer server's finding has none here. */
function whyText(hop: string, why: string): string {
  const key = `${hop}_${why}`;
  const known = Object.hasOwn(en.sharing.check.why, key);
  return known ? i18next.t(`sharing.check.why.${key as keyof typeof en.sharing.check.why}`) : '';
}

export function Hops({ check }: { check: LanCheck }) {
  const { t } = useTranslation();
  const others = check.arrivals.filter(({ thisComputer }) => !thisComputer);
  return (
    <ol aria-label={t('sharing.check.hops')} className="flex flex-col">
      {check.hops.map(({ hop, verdict, why }, at) => {
        const { look, Icon } = FACES[verdict];
        return (
          <li key={hop} className="relative flex gap-3.5 pb-5 last:pb-0">
            {at < check.hops.length - 1 ? <span aria-hidden className="absolute top-7 bottom-0 left-3.5 w-px bg-line" /> : null}
            <span className={`grid size-7 shrink-0 place-items-center rounded-full ${look}`}>
              <Icon size={15} aria-hidden />
              <span className="sr-only">{t(`sharing.check.verdict.${verdict}`)}</span>
            </span>
            <div className="min-w-0 pt-0.5">
              <p className="font-medium">{t(`sharing.check.hop.${hop}`)}</p>
              <p className="text-sm text-ink-soft">{whyText(hop, why)}</p>
              {hop === 'phone' && others.length > 0 ? (
                <ul className="mt-1.5 flex flex-col gap-0.5 text-sm text-ink-faint">
                  {others.map(({ address, stage, at: when }) => (
                    <li key={address}>
                      <span className="tabular-nums">{address}</span> · {t(`sharing.check.stage.${stage}`)} · <Time at={when} />
                    </li>
                  ))}
                </ul>
              ) : null}
            </div>
          </li>
        );
      })}
    </ol>
  );
}
