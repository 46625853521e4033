// What can be done with an objective as a whole.

import { Archive, ArchiveRestore, CircleCheck, MoreHorizontal, RotateCcw, Trash2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '@/parts/icon-button';
import { Menu, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from '@/parts/menu';
import { actions } from '@/state/actions';
import type { Objective, ObjectiveStatus } from './model';

export function ObjectiveMenu({ objective }: { objective: Objective }) {
  const { t } = useTranslation();
  const { id, title, status } = objective;
  const become = (next: ObjectiveStatus) => void actions.updateObjective(id, { status: next });

  return (
    <Menu>
      <MenuTrigger asChild>
        <IconButton label={t('objectives.menu', { title })}>
          <MoreHorizontal size={18} />
        </IconButton>
      </MenuTrigger>
      <MenuContent align="end">
        {status === 'active' && (
          <MenuItem icon={<CircleCheck size={15} />} onSelect={() => become('completed')}>
            {t('objectives.complete')}
          </MenuItem>
        )}
        {status === 'completed' && (
          <MenuItem icon={<RotateCcw size={15} />} onSelect={() => become('active')}>
            {t('objectives.reopen')}
          </MenuItem>
        )}
        {status === 'archived' ? (
          <MenuItem icon={<ArchiveRestore size={15} />} onSelect={() => become('active')}>
            {t('objectives.unarchive')}
          </MenuItem>
        ) : (
          <MenuItem icon={<Archive size={15} />} onSelect={() => void actions.archiveObjective(id)}>
            {t('objectives.archive')}
          </MenuItem>
        )}
        <MenuSeparator />
        <MenuItem icon={<Trash2 size={15} />} danger onSelect={() => void actions.deleteObjective(id)}>
          {t('objectives.delete')}
        </MenuItem>
      </MenuContent>
    </Menu>
  );
}
