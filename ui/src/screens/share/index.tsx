// The people of a chat: its owner lets them in and out and says what they may do; the others see
// who reads with them, and can leave.

import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/parts/button';
import { Dialog } from '@/parts/dialog';
import { Sure } from '@/parts/sure';
import type { Member } from '@/generated/wire';
import { accessTo } from '@/state/access';
import { useApp } from '@/state/app-store';
import { leave } from './change';
import { LetBackIn } from './let-back-in';
import { MemberRow } from './member-row';
import { PersonSearch } from './person-search';
import { useSharing } from './use-sharing';

const NOBODY: never[] = [];

export default function ShareDialog() {
  const { t } = useTranslation();
  const chatId = useSharing((state) => state.chatId);
  const show = useSharing((state) => state.show);
  const person = useApp((state) => state.person);
  const chat = useApp((state) => (chatId === null ? undefined : state.chats[chatId]));
  const [leaving, setLeaving] = useState(false);
  const [removed, setRemoved] = useState<Member | null>(null);

  // Whoever was shut out while they looked sees it go; let in again, it does not come back unasked.
  const gone = chatId !== null && chat === undefined;
  useEffect(() => {
    if (gone) show(null);
  }, [gone, show]);
  if (chatId === null || chat === undefined || person === null) return null;
  const mine = accessTo(chat, person) === 'owner';
  const members = chat.members ?? NOBODY;
  const owner = members.find(({ access }) => access === 'owner')?.name ?? '';
  const title = chat.title === '' ? t('sidebar.untitled') : chat.title;

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && show(null)}
      title={mine ? t('share.title', { title }) : t('share.titleMember', { title })}
      {...(mine ? { description: t('share.hint') } : { quiet: true })}
    >
      <div className="flex min-h-0 flex-col gap-6 overflow-y-auto px-6 pt-4 pb-[max(1.5rem,env(safe-area-inset-bottom))]">
        {mine && (
          <PersonSearch chatId={chatId} known={new Set([person.userId, ...members.map(({ userId }) => userId)])} />
        )}
        <section aria-label={t('share.people')}>
          <h3 className="text-sm font-medium text-ink-soft">{t('share.people')}</h3>
          {members.length === 0 ? (
            <p className="mt-2 text-ink-soft">{t('share.alone')}</p>
          ) : (
            <ul className="mt-1 flex flex-col">
              {members.map((member) => (
                <MemberRow
                  key={member.userId}
                  chatId={chatId}
                  member={member}
                  me={member.userId === person.userId}
                  mine={mine}
                  onRemoved={setRemoved}
                />
              ))}
            </ul>
          )}
          {removed !== null && !members.some(({ userId }) => userId === removed.userId) && (
            <LetBackIn chatId={chatId} member={removed} />
          )}
        </section>
        {!mine &&
          (leaving ? (
            <Sure
              question={t('share.leaveSure', { owner })}
              yes={t('share.leaveNow')}
              onYes={() => leave(chatId)}
              onDone={() => setLeaving(false)}
            />
          ) : (
            <Button tone="danger" className="self-start" onClick={() => setLeaving(true)}>
              {t('share.leave')}
            </Button>
          ))}
      </div>
    </Dialog>
  );
}
