// The log of who did what, page by page from the newest back, and which of it is looked for.

import { useCallback, useEffect, useRef, useState } from 'react';
import type { AuditAction, AuditLine, AuditPage } from '@/generated/wire';
import { ask } from '@/state/api';

/** What the log is asked for: everything, or one kind of thing. */
export const TOPICS = ['all', 'signIns', 'accounts', 'invitations', 'devices'] as const;
export type Topic = (typeof TOPICS)[number];

const ACTIONS: Record<Exclude<Topic, 'all'>, readonly AuditAction[]> = {
  signIns: ['signed_in', 'sign_in_refused', 'signed_out', 'link_created', 'token_reused'],
  accounts: ['user_created', 'role_changed', 'user_enabled', 'user_disabled', 'password_changed', 'identity_linked'],
  invitations: ['invitation_created', 'invitation_revoked', 'invitation_accepted'],
  devices: ['device_paired', 'device_revoked', 'devices_revoked', 'token_reused', 'lan_opened', 'lan_closed'],
};

export interface Wanted {
  topic: Topic;
  /** Part of a name, an address or a detail. */
  words: string;
}

export function matches(line: AuditLine, { topic, words }: Wanted): boolean {
  if (topic !== 'all' && !ACTIONS[topic].includes(line.action)) return false;
  const wanted = words.trim().toLocaleLowerCase();
  if (wanted === '') return true;
  const told = [line.actor?.name, line.subject?.name, line.address, line.detail];
  return told.some((text) => text?.toLocaleLowerCase().includes(wanted));
}

const PAGE = 100;
/** Looking for something rare, pages are large. */
const LARGE_PAGE = 500;
/** Matches that fill a window; until then further pages are asked for. */
const ENOUGH = 40;
/** So many pages at one go; then the person says whether to look further back. */
const PAGES_AT_ONCE = 8;

export interface AuditPages {
  entries: AuditLine[];
  more: boolean;
  loading: boolean;
  error: unknown;
  /** Further back, until enough is found or there is no more. */
  older: () => void;
  reload: () => void;
}

export function useAuditPages(wanted: Wanted): AuditPages {
  const [state, setState] = useState<Omit<AuditPages, 'older' | 'reload'>>({ entries: [], more: true, loading: false, error: null });
  const latest = useRef({ state, wanted, running: 0 });
  useEffect(() => {
    latest.current.state = state;
    latest.current.wanted = wanted;
  });

  const read = useCallback(async (from: AuditLine[]) => {
    latest.current.running += 1;
    const mine = latest.current.running;
    // Known at once, not with the next drawing: nobody may ask for the same page meanwhile.
    latest.current.state = { ...latest.current.state, loading: true };
    let entries = from;
    let more = true;
    setState((before) => ({ ...before, loading: true, error: null }));
    try {
      let found = 0;
      for (let pages = 0; more && found < ENOUGH && pages < PAGES_AT_ONCE; pages += 1) {
        const { topic, words } = latest.current.wanted;
        const limit = topic === 'all' && words.trim() === '' ? PAGE : LARGE_PAGE;
        const before = entries.at(-1)?.id;
        const page = await ask<AuditPage>('GET', `/api/audit?limit=${limit}${before === undefined ? '' : `&before=${before}`}`);
        if (mine !== latest.current.running) return;
        entries = [...entries, ...page.entries];
        more = page.more;
        found += page.entries.filter((line) => matches(line, latest.current.wanted)).length;
      }
      setState({ entries, more, loading: false, error: null });
    } catch (error) {
      if (mine === latest.current.running) setState((before) => ({ ...before, loading: false, error }));
    }
  }, []);

  useEffect(() => {
    const { current } = latest;
    void read([]);
    return () => {
      current.running += 1;
    };
  }, [read]);

  const older = useCallback(() => {
    const { loading, more, entries } = latest.current.state;
    if (!loading && more) void read(entries);
  }, [read]);
  const reload = useCallback(() => void read([]), [read]);
  return { ...state, older, reload };
}
