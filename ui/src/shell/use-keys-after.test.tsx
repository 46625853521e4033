import { act, cleanup, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import '@/i18n';
import { Dialog } from '@/parts/dialog';
import { initialState, setState, useApp } from '@/state/app-store';
import type { Overlay } from '@/state/types';
import { useKeysAfter } from './use-keys-after';

function Page() {
  const overlay = useApp((state) => state.overlay);
  useKeysAfter(overlay);
  return (
    <>
      <button type="button">Switcher</button>
      <div role="menu">
        <button type="button" role="menuitem">
          Item
        </button>
      </div>
      <textarea id="composer" aria-label="Message" />
      {overlay === 'shortcuts' && <Dialog open onOpenChange={() => undefined} title="Sheet">Keys</Dialog>}
    </>
  );
}

const show = (overlay: Overlay) => act(() => setState({ overlay }));

let isCoarse = false;

beforeEach(() => {
  isCoarse = false;
  vi.stubGlobal('matchMedia', (query: string) => ({ matches: isCoarse && query === '(pointer: coarse)' }));
  setState(initialState, true);
  render(<Page />);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  setState(initialState, true);
});

/** Opens the sheet from there and closes it: what has the focus in the very same task. */
function focusedAfter(element: HTMLElement): Element | null {
  act(() => element.focus());
  show('shortcuts');
  expect(document.activeElement?.closest('[role=dialog]') !== null, 'the sheet took it').toBe(true);
  show('none');
  return document.activeElement;
}

it('keys go back to where they went, in the step that takes the sheet away', () => {
  const switcher = screen.getByText('Switcher');
  expect(focusedAfter(switcher)).toBe(switcher);
});

it('keys go to the message field from what goes away with its menu, and from nowhere', () => {
  const field = screen.getByLabelText('Message');
  expect(focusedAfter(screen.getByText('Item'))).toBe(field);
  field.blur();
  expect(focusedAfter(document.body)).toBe(field);
});

it('but never where that would throw a keyboard up', () => {
  isCoarse = true;
  expect(focusedAfter(screen.getByText('Item'))).toBe(document.body);
});
