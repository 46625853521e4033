// Saves a change at once; a failure is told, since nobody presses a button to wait for.

import i18next from 'i18next';
import { toast } from 'sonner';
import { errorText } from '@/i18n/reason-text';

export function save(work: Promise<unknown>): void {
  work.catch((error: unknown) => toast.error(i18next.t('toast.saveFailed', { reason: errorText(error) })));
}
