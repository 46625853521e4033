// A link of an answer. It never navigates the window: the platform opens it, if its scheme is one
// of two; anything else is text. A footnote's link moves inside the answer.

import type { MouseEvent, ReactNode } from 'react';
import { host } from '@/platform';
import { plainAddress, safeLink } from './safe-url';

interface LinkProps {
  href: string | undefined;
  id?: string | undefined;
  label?: string | undefined;
  children?: ReactNode;
}

export function Link({ href, id, label, children }: LinkProps) {
  const named = { ...(id === undefined ? {} : { id }), ...(label === undefined ? {} : { 'aria-label': label }) };
  if (href?.startsWith('#') === true) {
    return (
      <a href={href} onClick={(event) => goInside(event, href.slice(1))} {...named}>
        {children}
      </a>
    );
  }
  // "www.example.org" names no scheme; the one that Markdown gives it is from another time.
  const url = safeLink(href === `http://${String(children)}` ? `https://${String(children)}` : href);
  if (url === null) {
    const plain = plainAddress(href);
    // A bare address is its own words.
    const said = plain === null || children === plain ? '' : ` (${plain})`;
    return (
      <span {...named}>
        {children}
        {said}
      </span>
    );
  }
  return (
    <a
      href={url}
      title={url}
      rel="noopener noreferrer nofollow"
      target="_blank"
      onClick={(event) => goOutside(event, url)}
      onAuxClick={(event) => goOutside(event, url)}
      {...named}
    >
      {children}
    </a>
  );
}

function goOutside(event: MouseEvent, url: string): void {
  // The right button belongs to the context menu.
  if (event.button === 2) return;
  event.preventDefault();
  void host.openExternal(url);
}

function goInside(event: MouseEvent, id: string): void {
  event.preventDefault();
  const target = document.getElementById(decodeURIComponent(id));
  if (!target) return;
  target.scrollIntoView({ block: 'nearest' });
  target.tabIndex = -1;
  target.focus({ preventScroll: true });
}
