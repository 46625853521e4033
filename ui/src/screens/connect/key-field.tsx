// A key is typed here and never shown again. The field says where it will be kept; without a
// keyring it asks for a plain yes to "this session only" instead of choosing a file in silence.

import { Eye, EyeOff } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { TextField } from '@/parts/field';
import { IconButton } from '@/parts/icon-button';
import { Notice } from '@/parts/notice';
import { Switch } from '@/parts/switch';
import type { KeyPlace } from './use-key-place';

interface KeyFieldProps {
  value: string;
  onValueChange: (key: string) => void;
  sessionOnly: boolean;
  onSessionOnlyChange: (sessionOnly: boolean) => void;
  place: KeyPlace;
  error?: string | undefined;
  hint?: string;
}

export function KeyField({
  value,
  onValueChange,
  sessionOnly,
  onSessionOnlyChange,
  place,
  error,
  hint,
}: KeyFieldProps) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(false);
  const kept =
    place === 'server'
      ? t('provider.keyToServerSession')
      : sessionOnly || place === 'no-keyring'
        ? t('provider.keyToSession')
        : t('provider.keyToKeyring');
  return (
    <div className="flex flex-col gap-3">
      <TextField
        label={t('provider.key')}
        type={shown ? 'text' : 'password'}
        value={value}
        onChange={(event) => onValueChange(event.target.value)}
        placeholder={t('provider.keyPlaceholder')}
        autoComplete="off"
        spellCheck={false}
        error={error}
        hint={[kept, hint].filter(Boolean).join(' ')}
        end={
          <IconButton label={shown ? t('common.hide') : t('common.show')} onClick={() => setShown(!shown)}>
            {shown ? <EyeOff size={16} aria-hidden /> : <Eye size={16} aria-hidden />}
          </IconButton>
        }
      />
      {place === 'no-keyring' ? <Notice tone="warn">{t('provider.noKeyring')}</Notice> : null}
      {place === 'server' ? null : (
        <Switch label={t('provider.sessionOnly')} checked={sessionOnly} onCheckedChange={onSessionOnlyChange} />
      )}
    </div>
  );
}
