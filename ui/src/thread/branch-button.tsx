// From here on in a chat of its own; this one stays as it is.

import { GitBranch } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '@/parts/icon-button';
import { actions } from '@/state/actions';

export function BranchButton({ messageId }: { messageId: string }) {
  const { t } = useTranslation();
  return (
    <IconButton size="sm" label={t('thread.branchChat')} onClick={() => void actions.branch(messageId)}>
      <GitBranch size={15} />
    </IconButton>
  );
}
