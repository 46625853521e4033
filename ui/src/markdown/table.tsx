// A table scrolls inside itself: the page never grows sideways.

import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

export function Table({ children }: { children?: ReactNode }) {
  const { t } = useTranslation();
  return (
    // Focusable, so that the keyboard can scroll what is cut off.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="table-scroll" role="group" aria-label={t('markdown.table')} tabIndex={0}>
      <table>{children}</table>
    </div>
  );
}
