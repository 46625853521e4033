// What stands over the page: a dialog in the middle, a sheet of full height. On a phone both fill
// the window. Escape and a click outside close; focus goes in, stays in, and comes back.

import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { classNames } from './class-names';
import { IconButton } from './icon-button';
import { focusMessageField } from './message-field';

interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** The title is spoken, not shown: the content has a heading of its own. */
  hideTitle?: boolean;
  description?: string;
  /** `sheet` is tall and wide, for whole screens; `top` hangs near the top, for a palette. */
  shape?: 'dialog' | 'sheet' | 'top';
  /** Without a button to close: the content has one. */
  bare?: boolean;
  /** Nothing inside asks for focus first: the dialog itself takes it, not its close button. */
  quiet?: boolean;
  className?: string;
  children: ReactNode;
}

const SHAPES = {
  dialog:
    'max-sm:inset-x-0 max-sm:bottom-0 max-sm:max-h-[92dvh] max-sm:rounded-t-xl max-sm:animate-slide-in sm:top-1/2 sm:left-1/2 sm:w-full sm:max-w-lg sm:max-h-[86dvh] sm:-translate-x-1/2 sm:-translate-y-1/2 sm:rounded-xl sm:animate-fade-in',
  sheet:
    'max-sm:inset-0 sm:top-1/2 sm:left-1/2 sm:h-[min(46rem,calc(100dvh-4rem))] sm:w-[min(60rem,calc(100vw-4rem))] sm:-translate-x-1/2 sm:-translate-y-1/2 sm:rounded-xl animate-fade-in',
  top: 'inset-x-0 top-0 max-sm:h-dvh sm:top-[12vh] sm:mx-auto sm:w-[min(38rem,calc(100vw-2rem))] sm:rounded-xl animate-rise-in',
};

/** For a dialog in which nothing asks for focus first. */
export function focusItself(event: Event): void {
  event.preventDefault();
  if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
}

/** What had the focus may be gone with what the dialog did: then writing goes on. */
function focusSomewhere(): void {
  setTimeout(() => {
    if (document.activeElement === document.body) focusMessageField();
  }, 0);
}

/** News at the foot of the window is not outside: its Undo belongs to what the dialog did. */
function stayForNews(event: Event): void {
  const { target } = event;
  if (target instanceof Element && target.closest('[data-sonner-toaster]') !== null) event.preventDefault();
}

/** Escape answers a question inside before it closes the dialog. */
function leaveToQuestions(event: KeyboardEvent): void {
  const { target } = event;
  if (target instanceof Element && target.closest('[data-question]') !== null) event.preventDefault();
}

export function Dialog({
  open,
  onOpenChange,
  title,
  hideTitle = false,
  description,
  shape = 'dialog',
  bare = false,
  quiet = false,
  className,
  children,
}: DialogProps) {
  const { t } = useTranslation();
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-fade-in bg-scrim" />
        <Radix.Content
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
          {...(quiet ? { onOpenAutoFocus: focusItself } : {})}
          onCloseAutoFocus={focusSomewhere}
          onInteractOutside={stayForNews}
          onEscapeKeyDown={leaveToQuestions}
          className={classNames(
            'fixed z-40 flex flex-col overflow-hidden bg-paper text-ink shadow-lg outline-none',
            SHAPES[shape],
            className,
          )}
        >
          {hideTitle ? (
            <Radix.Title className="sr-only">{title}</Radix.Title>
          ) : (
            <Radix.Title className="px-6 pt-5 pr-14 text-lg font-semibold">{title}</Radix.Title>
          )}
          {description === undefined ? null : (
            <Radix.Description className={hideTitle ? 'sr-only' : 'px-6 pt-1 text-ink-soft'}>
              {description}
            </Radix.Description>
          )}
          {children}
          {bare ? null : (
            <Radix.Close asChild>
              <IconButton label={t('common.close')} className="absolute top-4 right-4 pointer-coarse:top-2.5 pointer-coarse:right-2.5">
                <X size={17} aria-hidden />
              </IconButton>
            </Radix.Close>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
