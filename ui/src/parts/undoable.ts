// What cannot be brought back is done only when its undo has gone: the thing disappears at once,
// and the doing waits for the toast to close. A window closed before that has done nothing.

import i18next from 'i18next';
import { toast } from 'sonner';
import { create } from 'zustand';
import { errorText } from '@/i18n/reason-text';

/** What is on its way out, by a name of the caller's; it is not to be shown. */
const useLeaving = create<Record<string, true>>(() => ({}));

export function useIsLeaving(): (name: string) => boolean {
  const leaving = useLeaving();
  return (name) => leaving[name] === true;
}

function stay(name: string): void {
  useLeaving.setState((all) => Object.fromEntries(Object.entries(all).filter(([key]) => key !== name)), true);
}

/** Hides `name`, says `sentence` with an Undo, and calls `commit` when nobody took it. */
export function removeWithUndo(name: string, sentence: string, commit: () => Promise<unknown>): void {
  useLeaving.setState({ [name]: true });
  let decided = false;
  const decide = (act: () => void) => () => {
    if (decided) return;
    decided = true;
    act();
  };
  const go = decide(() => {
    commit()
      .catch((error: unknown) => toast.error(i18next.t('toast.saveFailed', { reason: errorText(error) })))
      .finally(() => stay(name));
  });
  toast(sentence, {
    action: { label: i18next.t('common.undo'), onClick: decide(() => stay(name)) },
    onAutoClose: go,
    onDismiss: go,
  });
}
