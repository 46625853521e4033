// Another answer beside this one, by the same model or by another.

import { RefreshCw } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '@/parts/icon-button';
import { Menu, MenuContent, MenuItem, MenuLabel, MenuSeparator, MenuTrigger } from '@/parts/menu';
import { useMayWrite } from '@/state/access';
import { actions } from '@/state/actions';
import { useApp } from '@/state/app-store';

export function RegenerateMenu({ messageId }: { messageId: string }) {
  const { t } = useTranslation();
  const models = useApp((state) => state.models.list);

  const mayWrite = useMayWrite();
  if (!mayWrite) return null;
  if (models.length < 2) {
    return (
      <IconButton size="sm" label={t('thread.regenerate')} onClick={() => actions.regenerate(messageId)}>
        <RefreshCw size={15} />
      </IconButton>
    );
  }
  return (
    <Menu>
      <MenuTrigger asChild>
        <IconButton size="sm" label={t('thread.regenerate')}>
          <RefreshCw size={15} />
        </IconButton>
      </MenuTrigger>
      <MenuContent align="start">
        <MenuItem icon={<RefreshCw size={15} />} onSelect={() => actions.regenerate(messageId)}>
          {t('thread.regenerate')}
        </MenuItem>
        <MenuSeparator />
        <MenuLabel>{t('thread.regenerateWith')}</MenuLabel>
        {models.map((model) => (
          <MenuItem key={model.id} onSelect={() => actions.regenerate(messageId, model.id)}>
            {model.name}
          </MenuItem>
        ))}
      </MenuContent>
    </Menu>
  );
}
