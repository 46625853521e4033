// What somebody fills in to reach another server, and what became of it: wrong fields, a certificate to
// be compared, a code that was refused, a wait for a yes at the other computer.

import { useEffect, useRef, useState } from 'react';
import { useTask } from '@/parts/use-task';
import { host, HostError, type PairingNumber, type ServerEntry, type ServerPlace } from '@/platform';
import type { Refusal } from '@/screens/sharing/phone/wait-for-yes';
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

/** What came of a wait that was not let in; `null` where something else went wrong. */
function refusalOf(error: unknown): Refusal | null {
  if (!(error instanceof HostError)) return null;
  if (error.code === 'device_refused') return 'refused';
  return error.code === 'pairing_over' ? 'over' : null;
}

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
  /** Whether the host has a question that waits for a yes. */
  const waits = useRef(false);
  /** The code that was last taken out of a link: good once, so never taken again. */
  const scannedLast = useRef<string | null>(null);
  const { address, name, password, code } = fields;
  const seen = useGreeting(address, trusted);
  const complete = way === 'code' ? code.trim() !== '' : name !== '' && password !== '';

  // Whoever closes this no longer waits.
  useEffect(() => () => void (waits.current && host.desktop?.cancelPairing()), []);

  const placeBy = (certificate: string | null): ServerPlace => ({
    address: address.trim(),
    ...(certificate !== null && { certificate }),
  });
  const enter = async (certificate: string | null) => {
    if (host.desktop === null) return;
    if (way === 'code') {
      waits.current = true;
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

  const forget = () => {
    setWrongCode(false);
    setRefusal(null);
  };
  /** Back from the wait, with why. A code is good once. */
  const back = (why: Refusal | null) => {
    waits.current = false;
    setFields((now) => ({ ...now, code: '' }));
    setTried(false);
    setAsked(null);
    setRefusal(why);
  };

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
    set(changed: Partial<Omit<Fields, 'address'>>) {
      if (changed.code !== undefined) forget();
      setFields({ ...fields, ...changed });
    },
    retype(text: string) {
      const scanned = CODE.exec(text)?.[1];
      setFields({ ...fields, address: text });
      if (scanned !== undefined && scanned !== scannedLast.current) {
        scannedLast.current = scanned;
        forget();
        setFields({ ...fields, address: text, code: scanned });
        setWay('code');
      }
      setStrange(null);
      setTrusted(null);
    },
    choose(chosen: Way) {
      task.clear();
      forget();
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
    letIn(server: ServerEntry) {
      waits.current = false;
      void task.run(() => onDone(server)).then((done) => {
        if (!done) back(null);
      });
    },
    refused(error: unknown) {
      const why = refusalOf(error);
      back(why);
      if (why === null) void task.run(() => Promise.reject(error));
    },
    cancel() {
      void host.desktop?.cancelPairing();
      back(null);
    },
  };
}
