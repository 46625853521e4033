// On the phone, after the code was scanned: what this device is called, and then the wait for the yes
// at the computer, with the number that both show.

import { useState } from 'react';
import { Mark } from '@/lib/mark';
import { host, HostError, type PairingAsked } from '@/platform';
import { AskForm } from './ask-form';
import { leavePairing } from './pairing';
import { WaitForYes, type Refusal } from './wait-for-yes';

export default function PairThisDevice({ code }: { code: string }) {
  const [asked, setAsked] = useState<PairingAsked | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const refused = (error: unknown) => {
    setAsked(null);
    setRefusal(error instanceof HostError && error.code === 'device_refused' ? 'refused' : 'over');
  };
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center bg-paper px-5 py-10">
      <div className="w-full max-w-sm">
        <Mark className="size-11" />
        {asked === null ? (
          // A code is good once: what was scanned is gone with the first try.
          <AskForm key={refusal} code={refusal === null ? code : ''} refusal={refusal} onAsked={setAsked} />
        ) : (
          <WaitForYes
            asked={asked}
            claim={async () => (await host.browserAccount?.claimPairing(asked)) === true}
            onYes={leavePairing}
            onNo={refused}
          />
        )}
      </div>
    </main>
  );
}
