// Somebody was shut out a moment ago: said where it was done, and undone there.

import { useTranslation } from 'react-i18next';
import { Button } from '@/parts/button';
import { useTask } from '@/parts/use-task';
import type { Member } from '@/generated/wire';
import { share } from './change';

export function LetBackIn({ chatId, member }: { chatId: string; member: Member }) {
  const { t } = useTranslation();
  const task = useTask();
  const { userId, name } = member;
  const access = member.access === 'write' ? 'write' : 'read';
  return (
    <p role="status" className="mt-2 flex animate-rise-in items-center justify-between gap-3 rounded-md bg-wash py-1.5 pr-1.5 pl-3">
      {task.error ?? t('share.removed', { name })}
      <Button size="sm" tone="quiet" busy={task.busy} onClick={() => void task.run(() => share({ chatId, userId, access }))}>
        {t('common.undo')}
      </Button>
    </p>
  );
}
