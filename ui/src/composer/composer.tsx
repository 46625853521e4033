// Where one writes. The draft of every chat is kept; nothing is ever sent by accident while an
// input method is composing.

import { ArrowUp, Square } from 'lucide-react';
import { useEffect, useRef, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { fitsMessage } from '@/client/longest';
import { actions } from '@/state/actions';
import { NEW_CHAT_DRAFT } from '@/state/actions-messages';
import { useMayWrite } from '@/state/access';
import { useApp } from '@/state/app-store';
import { useEditing } from '@/thread/use-editing';
import { CostEstimate } from './cost-estimate';
import { ModelPicker } from './model-picker';
import { ReadOnly } from './read-only';
import { RoundButton } from './round-button';
import { useAutosize } from './use-autosize';

const MOST_LINES = 10;

export function Composer() {
  return useMayWrite() ? <MessageField /> : <ReadOnly />;
}

function MessageField() {
  const { t } = useTranslation();
  const chatId = useApp((state) => state.selectedChatId);
  const text = useApp((state) => state.drafts[state.selectedChatId ?? NEW_CHAT_DRAFT] ?? '');
  const running = useApp((state) => state.open?.running != null);
  const online = useApp((state) => state.connection.kind === 'online' || state.connection.kind === 'connecting');
  const sendable = text.trim() !== '' && fitsMessage(text);
  const field = useRef<HTMLTextAreaElement>(null);
  useAutosize(field, text, MOST_LINES);

  // Another chat is another page to write on. A touch screen would throw its keyboard up.
  useEffect(() => {
    if (!window.matchMedia('(pointer: coarse)').matches) field.current?.focus();
  }, [chatId]);

  const send = () => {
    if (!sendable) return;
    actions.send(text);
    field.current?.focus();
  };

  const editLast = () => {
    const last = useApp.getState().open?.messages.findLast((message) => message.role === 'user');
    if (last !== undefined) useEditing.getState().edit(last.id);
    return last !== undefined;
  };

  const pressed = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      send();
    } else if (event.key === 'ArrowUp' && text === '' && editLast()) {
      event.preventDefault();
    }
  };

  return (
    <form
      className="rounded-xl border bg-paper-raised shadow-md transition-shadow focus-within:border-line-strong"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        ref={field}
        id="composer"
        dir="auto"
        value={text}
        rows={1}
        enterKeyHint="send"
        aria-label={t('composer.label')}
        placeholder={online ? t('composer.placeholder') : t('composer.placeholderOffline')}
        className="block max-h-[50dvh] w-full resize-none bg-transparent px-4 pt-3.5 pb-1 text-[0.9375rem]/[1.6] outline-none pointer-coarse:text-[1rem]"
        onChange={(event) => actions.setDraft(chatId, event.target.value)}
        onKeyDown={pressed}
      />
      <div className="flex items-center gap-2 p-2">
        <ModelPicker />
        <span className="flex-1" />
        <CostEstimate chatId={chatId} text={text} />
        {running && online && (
          <span aria-hidden="true" className="text-xs text-ink-faint pointer-coarse:hidden">
            {t('composer.escStops')}
          </span>
        )}
        {running && online && text.trim() === '' ? (
          <RoundButton label={t('composer.stop')} onClick={actions.stop}>
            <Square size={12} fill="currentColor" />
          </RoundButton>
        ) : (
          <RoundButton label={t('composer.send')} submit disabled={!sendable}>
            <ArrowUp size={18} />
          </RoundButton>
        )}
      </div>
    </form>
  );
}
