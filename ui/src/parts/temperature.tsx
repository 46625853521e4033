// From steady to inventive: a temperature that saves itself.

import { useTranslation } from 'react-i18next';
import { formatNumber } from '@/i18n/numbers';
import { useAutosave } from '@/screens/settings/use-autosave';

interface TemperatureProps {
  value: number;
  save: (value: number) => void;
}

export function Temperature({ value, save }: TemperatureProps) {
  const { t } = useTranslation();
  const slider = useAutosave(String(value), (text) => save(Number(text)));
  return (
    <div className="flex items-center gap-4">
      <input
        type="range"
        min={0}
        max={2}
        step={0.1}
        aria-label={t('settings.conversation.temperature')}
        value={slider.value}
        onChange={(event) => slider.onChange(event.target.value)}
        onBlur={slider.onBlur}
        className="h-6 min-w-0 flex-1"
      />
      <output className="w-8 text-right tabular-nums">
        {formatNumber(Number(slider.value), { minimumFractionDigits: 1, maximumFractionDigits: 1 })}
      </output>
    </div>
  );
}
