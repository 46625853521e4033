// A file let fall on the window: a browser would leave the app to show it. It stays, and says why
// it took nothing.

import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { toast } from 'sonner';

export function useRefusedFiles(): void {
  const { t } = useTranslation();
  useEffect(() => {
    const brings = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') === true;
    const over = (event: DragEvent) => {
      if (brings(event)) event.preventDefault();
    };
    const drop = (event: DragEvent) => {
      if (!brings(event) || event.defaultPrevented) return;
      event.preventDefault();
      toast(t('toast.noFiles'), { id: 'no-files' });
    };
    window.addEventListener('dragover', over);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', over);
      window.removeEventListener('drop', drop);
    };
  }, [t]);
}
