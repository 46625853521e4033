// What the server at an address says of itself, looked up once somebody has stopped typing: whether
// people sign in there through an identity provider, and whether anybody vouches for its certificate.

import { useEffect, useState } from 'react';
import { host, HostError, type Greeting } from '@/platform';
import { isAddress } from './presets';

/** Long enough that half an address is rarely asked. */
const SETTLED_MS = 600;

interface Seen {
  greeting: Greeting | null;
  /** The fingerprint of a certificate that nobody vouches for. */
  strange: string | null;
}

const NOTHING: Seen = { greeting: null, strange: null };

export function useGreeting(address: string, certificate: string | null): Seen {
  const typed = address.trim();
  const asked = `${certificate ?? ''} ${typed}`;
  const [answer, setAnswer] = useState<Seen & { asked: string }>({ ...NOTHING, asked: '' });
  useEffect(() => {
    if (!isAddress(typed)) return undefined;
    let wanted = true;
    const look = async () => {
      const place = { address: typed, ...(certificate !== null && { certificate }) };
      const greeting = await host.desktop?.lookAtServer(place);
      if (wanted && greeting !== undefined) setAnswer({ greeting, strange: null, asked });
    };
    const failed = (error: unknown) => {
      // Whatever else is wrong is said to whoever signs in.
      const unknown = error instanceof HostError && error.code === 'certificate_unknown';
      if (wanted && unknown) setAnswer({ greeting: null, strange: error.fingerprint ?? null, asked });
    };
    const timer = setTimeout(() => void look().catch(failed), SETTLED_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [typed, certificate, asked]);
  // What was said of another address says nothing of this one.
  return answer.asked === asked ? answer : NOTHING;
}
