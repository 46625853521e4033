// Somebody in the chat: who, what they may do, and for its owner the way to change that.

import { X } from 'lucide-react';
import { toast } from 'sonner';
import { useTranslation } from 'react-i18next';
import { IconButton } from '@/parts/icon-button';
import { Select } from '@/parts/select';
import type { Member } from '@/generated/wire';
import { errorText } from '@/i18n/reason-text';
import { share, unshare } from './change';
import { Face } from './face';

interface Props {
  chatId: string;
  member: Member;
  /** The person who looks. */
  me: boolean;
  /** Whether they may change it. */
  mine: boolean;
  onRemoved(member: Member): void;
}

export function MemberRow({ chatId, member, me, mine, onRemoved }: Props) {
  const { t } = useTranslation();
  const { userId, name, access } = member;
  const changeable = mine && access !== 'owner';

  const tried = (work: Promise<void>) => work.catch((error: unknown) => void toast.error(errorText(error)));
  const remove = () => tried(unshare(chatId, userId).then(() => onRemoved(member)));

  return (
    <li className="flex min-h-12 items-center gap-3">
      <Face name={name} />
      <span className="min-w-0 flex-1 truncate">
        {name} {me && <span className="text-ink-faint">({t('share.you')})</span>}
      </span>
      {changeable ? (
        <>
          <span className="w-36 shrink-0 pointer-coarse:w-44">
            <Select
              label={t('share.accessOf', { name })}
              value={access}
              className="text-sm"
              options={[
                { value: 'read', label: t('share.access.read') },
                { value: 'write', label: t('share.access.write') },
              ]}
              onValueChange={(next) => {
                if (next === 'read' || next === 'write') void tried(share({ chatId, userId, access: next }));
              }}
            />
          </span>
          <IconButton label={t('share.remove', { name })} onClick={() => void remove()}>
            <X size={16} />
          </IconButton>
        </>
      ) : (
        <span className="text-sm text-ink-soft">{t(`share.access.${access}`)}</span>
      )}
    </li>
  );
}
