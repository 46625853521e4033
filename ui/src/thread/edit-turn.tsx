// An earlier turn in a field. Sending it begins another branch at its place; the old one stays.

import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAutosize } from '@/composer/use-autosize';
import { Button } from '@/parts/button';
import { fitsMessage } from '@/client/longest';
import { reasonText } from '@/i18n/reason-text';
import { actions } from '@/state/actions';
import type { Message } from '@/state/types';

export function EditTurn({ message, onDone }: { message: Message; onDone(): void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(message.content);
  const field = useRef<HTMLTextAreaElement>(null);
  useAutosize(field, text, 14);

  useEffect(() => {
    field.current?.focus();
    field.current?.setSelectionRange(message.content.length, message.content.length);
  }, [message.content]);

  const fits = fitsMessage(text);
  const sendable = fits && text.trim() !== '';

  const send = () => {
    if (!sendable) return;
    actions.send(text, { parentId: message.parentId });
    onDone();
    document.getElementById('composer')?.focus();
  };

  return (
    <form
      className="pt-6"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div className="rounded-xl bg-wash p-2">
        <textarea
          ref={field}
          dir="auto"
          value={text}
          rows={1}
          aria-label={t('thread.editLabel')}
          className="block w-full resize-none bg-transparent px-2 py-1 text-[0.9375rem]/[1.6] outline-none pointer-coarse:min-h-touch pointer-coarse:py-2.5 pointer-coarse:text-[1rem]/6"
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing) return;
            if (event.key === 'Escape') {
              event.preventDefault();
              onDone();
              document.getElementById('composer')?.focus();
            }
            if (event.key === 'Enter' && !event.shiftKey) {
              event.preventDefault();
              send();
            }
          }}
        />
        <div className="flex items-center justify-end gap-2 pt-1.5">
          {!fits && (
            <span role="status" className="mr-auto px-2 text-xs text-danger">
              {reasonText('too_long')}
            </span>
          )}
          <Button size="sm" tone="quiet" type="button" onClick={onDone}>
            {t('common.cancel')}
          </Button>
          <Button size="sm" tone="primary" type="submit" disabled={!sendable}>
            {t('composer.send')}
          </Button>
        </div>
      </div>
    </form>
  );
}
