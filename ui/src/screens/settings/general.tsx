// How Parlor looks on this device: theme and language.

import { Monitor, Moon, Sun } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { LANGUAGE_NAMES, LANGUAGES, systemLanguage } from '@/i18n';
import { Field } from '@/parts/field';
import { SegmentedControl } from '@/parts/segmented-control';
import { Select } from '@/parts/select';
import { actions } from '@/state/actions';
import { useApp } from '@/state/app-store';
import type { Language } from '@/state/types';

export function General() {
  const { t } = useTranslation();
  const { theme, language } = useApp((state) => state.device);
  return (
    <div className="flex max-w-lg flex-col gap-7">
      <div className="flex flex-col gap-1.5">
        <p aria-hidden className="font-medium">
          {t('settings.appearance.theme')}
        </p>
        <SegmentedControl
          label={t('settings.appearance.theme')}
          value={theme}
          onValueChange={(next) => actions.setDevice({ theme: next })}
          segments={[
            { value: 'system', label: t('settings.appearance.theme_system'), icon: <Monitor size={15} aria-hidden /> },
            { value: 'light', label: t('settings.appearance.theme_light'), icon: <Sun size={15} aria-hidden /> },
            { value: 'dark', label: t('settings.appearance.theme_dark'), icon: <Moon size={15} aria-hidden /> },
          ]}
        />
      </div>
      <Field label={t('settings.appearance.language')} hint={t('settings.appearance.deviceHint')}>
        {({ id, 'aria-describedby': described }) => (
          <Select
            id={id}
            aria-describedby={described}
            value={language}
            onValueChange={(next) => actions.setDevice({ language: next as Language })}
            options={[
              {
                value: 'system',
                label: t('settings.appearance.language_system', { language: LANGUAGE_NAMES[systemLanguage()] }),
              },
              ...LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] })),
            ]}
          />
        )}
      </Field>
    </div>
  );
}
