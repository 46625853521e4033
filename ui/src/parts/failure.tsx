// What could not be loaded: why, and once more.

import { useTranslation } from 'react-i18next';
import { errorText } from '@/i18n/reason-text';
import { Button } from './button';
import { Notice } from './notice';

export function Failure({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useTranslation();
  return (
    <Notice
      tone="danger"
      live
      action={
        <Button size="sm" tone="danger" onClick={onRetry}>
          {t('common.retry')}
        </Button>
      }
    >
      {errorText(error)}
    </Notice>
  );
}
