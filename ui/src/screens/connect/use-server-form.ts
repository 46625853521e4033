// What somebody fills in to reach another server, and what became of it: wrong fields, a certificate to
// be compared, a code that was refused, a wait for a yes at the other computer.

import { useState } from 'react';
import { useTask } from '@/parts/use-task';
import { host, HostError, type PairingNumber, type ServerEntry, type ServerPlace } from '@/platform';
import type { Refusal } from './pairing-wait';
import { isAddress } from './presets';
import { useGreeting } from './use-greeting';

/** A pairing's code in a link, as the other computer shows it to be scanned. */
const CODE = /#(?:.*&)?pair=([^&]+)/;

export type Way = 'password' | 'code';

interface Fields {
  address: string;
  name: string;
  password: string;
  code: string;
}

const EMPTY: Fields = { address: '', name: '', password: '', code: '' };

export function useServerForm(onDone: (server: ServerEntry) => Promise<void>) {
  const task = useTask();
  const [fields, setFields] = useState(EMPTY);
  const [way, setWay] = useState<Way>('password');
  const [tried, setTried] = useState(false);
  const [wrongCode, setWrongCode] = useState(false);
  const [asked, setAsked] = useState<PairingNumber | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  /** A certificate that nobody vouches for, until the person has compared it. */
  const [strange, setStrange] = useState<string | null>(null);
  const [trusted, setTrusted] = useState<string | null>(null);
  const { address, name, password, code } = fields;
  const seen = useGreeting(address, trusted);
  const complete = way === 'code' ? code.trim() !== '' : name !== '' && password !== '';

  const placeBy = (certificate: string | null): ServerPlace => ({
    address: address.trim(),
    ...(certificate !== null && { certificate }),
  });
  const enter = async (certificate: string | null) => {
    if (host.desktop === null) return;
    if (way === 'code') {
      setAsked(await host.desktop.askPairing({ ...placeBy(certificate), code }));
      return;
    }
    const entry = await host.desktop.signInServer({ ...placeBy(certificate), name, password });
    setFields((now) => ({ ...now, password: '' }));
    await onDone(entry);
  };
  const signIn = (certificate: string | null) =>
    void task.run(async () => {
      setStrange(null);
      setWrongCode(false);
      setRefusal(null);
      try {
        await enter(certificate);
      } catch (error) {
        if (!(error instanceof HostError)) throw error;
        if (error.code === 'pairing_refused') setWrongCode(true);
        else if (error.code === 'certificate_unknown') setStrange(error.fingerprint ?? null);
        else throw error;
      }
    });

  return {
    fields,
    way,
    asked,
    refusal,
    wrongCode,
    /** Which of the fields has yet to be filled in, once somebody tried. */
    tried,
    busy: task.busy,
    error: task.error,
    /** The fingerprint that the person is to compare. */
    inQuestion: strange ?? (trusted === null ? seen.strange : null),
    /** What the server's identity provider is called. */
    provider: seen.greeting?.signInWith ?? null,
    place: placeBy(trusted),
    set: (changed: Partial<Omit<Fields, 'address'>>) => setFields({ ...fields, ...changed }),
    retype(text: string) {
      const scanned = CODE.exec(text)?.[1];
      setFields({ ...fields, address: text, ...(scanned !== undefined && { code: scanned }) });
      if (scanned !== undefined) setWay('code');
      setStrange(null);
      setTrusted(null);
    },
    choose(chosen: Way) {
      task.clear();
      setTried(false);
      setWay(chosen);
    },
    submit() {
      setTried(true);
      if (isAddress(address) && complete) signIn(trusted);
    },
    trust(certificate: string) {
      setTrusted(certificate);
      setStrange(null);
      // Whoever has filled in the rest meant to sign in; else the server is asked how one does that.
      if (complete) signIn(certificate);
    },
    refused(why: Refusal | null) {
      // A code is good once.
      setFields({ ...fields, code: '' });
      setTried(false);
      setAsked(null);
      setRefusal(why);
    },
  };
}
