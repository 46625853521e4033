// Whose device it is: one's own sees everything of oneself, a guest's sees what is the guest's.

import { RadioGroup } from 'radix-ui';
import { useTranslation } from 'react-i18next';

export type Owner = 'own' | 'guest';

const OWNERS: readonly Owner[] = ['own', 'guest'];

export function Whose({ value, onChange }: { value: Owner; onChange: (owner: Owner) => void }) {
  const { t } = useTranslation();
  return (
    <RadioGroup.Root
      value={value}
      onValueChange={(next) => onChange(next as Owner)}
      aria-label={t('sharing.confirm.whose')}
      className="flex flex-col gap-2"
    >
      {OWNERS.map((owner) => (
        <RadioGroup.Item
          key={owner}
          value={owner}
          className="group flex items-start gap-3 rounded-md border border-line px-3.5 py-3 text-left transition-colors hover:bg-wash data-[state=checked]:border-accent data-[state=checked]:bg-accent-wash"
        >
          <span
            aria-hidden
            className="mt-0.5 grid size-4.5 shrink-0 place-items-center rounded-full border border-line-strong group-data-[state=checked]:border-accent"
          >
            <RadioGroup.Indicator className="size-2.5 rounded-full bg-accent" />
          </span>
          <span className="min-w-0">
            <span className="block font-medium">{t(`sharing.confirm.${owner}`)}</span>
            <span className="block text-sm text-ink-soft">{t(`sharing.confirm.${owner}Hint`)}</span>
          </span>
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}
