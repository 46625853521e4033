import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import '@/i18n';
import { toast } from 'sonner';
import { Toaster } from './toaster';
import { removeWithUndo, useIsLeaving } from './undoable';

function Thing() {
  const isLeaving = useIsLeaving();
  return isLeaving('thing') ? null : <p>the thing</p>;
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  cleanup();
  toast.dismiss();
  vi.useRealTimers();
});

async function later(milliseconds: number): Promise<void> {
  await act(async () => vi.advanceTimersByTimeAsync(milliseconds));
}

describe('removeWithUndo', () => {
  it('hides at once, and removes only when the undo has gone', async () => {
    const commit = vi.fn(async () => undefined);
    render(
      <>
        <Thing />
        <Toaster />
      </>,
    );
    act(() => removeWithUndo('thing', 'gone', commit));
    await later(100);
    expect(screen.queryByText('the thing')).toBeNull();
    expect(commit).not.toHaveBeenCalled();
    await later(8000);
    expect(commit).toHaveBeenCalledOnce();
  });

  it('brings it back and removes nothing when undone', async () => {
    const commit = vi.fn(async () => undefined);
    render(
      <>
        <Thing />
        <Toaster />
      </>,
    );
    act(() => removeWithUndo('thing', 'gone', commit));
    await later(100);
    fireEvent.click(screen.getByRole('button', { name: 'Undo' }));
    await later(8000);
    expect(screen.getByText('the thing')).toBeTruthy();
    expect(commit).not.toHaveBeenCalled();
  });
});
