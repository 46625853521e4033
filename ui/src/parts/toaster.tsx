// Short news at the foot of the window, in our colours. Undo lives here.

import { useTranslation } from 'react-i18next';
import { Toaster as Sonner } from 'sonner';
import { useApp } from '@/state/app-store';

export function Toaster() {
  const { t } = useTranslation();
  // Above the composer, which news must not keep from being used; at the foot where there is none.
  const writing = useApp((state) => state.connection.kind !== 'signed-out');
  const above = writing ? '8.5rem' : '1.5rem';
  return (
    <Sonner
      position="bottom-center"
      visibleToasts={3}
      duration={6000}
      offset={{ bottom: above }}
      mobileOffset={{ bottom: above }}
      containerAriaLabel={t('common.notifications')}
      toastOptions={{
        unstyled: true,
        classNames: {
          // Also over a dialog, which takes the pointer from everything else.
          toast:
            'pointer-events-auto flex w-full items-center gap-3 rounded-lg bg-ink py-2.5 pr-2.5 pl-4 font-sans text-base text-paper shadow-lg',
          content: 'min-w-0 flex-1',
          title: 'leading-snug',
          description: 'text-sm opacity-80',
          actionButton:
            'shrink-0 min-h-7 pointer-coarse:min-h-touch rounded-sm px-2.5 font-semibold underline-offset-2 hover:underline focus-visible:outline-paper',
          cancelButton: 'shrink-0 min-h-7 pointer-coarse:min-h-touch rounded-sm px-2.5 opacity-80 focus-visible:outline-paper',
          icon: 'shrink-0',
        },
      }}
    />
  );
}
