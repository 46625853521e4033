// The app asked to be let in at another computer, and waits for the yes there.

import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/parts/button';
import { host, HostError, type PairingNumber, type ServerEntry } from '@/platform';
import { WaitForYes, type Refusal } from '@/screens/sharing/phone/wait-for-yes';

export type { Refusal };

interface PairingWaitProps {
  asked: PairingNumber;
  onDone: (server: ServerEntry) => Promise<void>;
  onNo: (why: Refusal) => void;
  onCancel: () => void;
}

export function PairingWait({ asked, onDone, onNo, onCancel }: PairingWaitProps) {
  const { t } = useTranslation();
  const server = useRef<ServerEntry | null>(null);
  const claim = async () => {
    server.current = (await host.desktop?.claimPairing()) ?? null;
    return server.current !== null;
  };
  return (
    <div>
      <WaitForYes
        asked={asked}
        claim={claim}
        onYes={() => {
          if (server.current !== null) void onDone(server.current);
        }}
        onNo={(error) => onNo(error instanceof HostError && error.code === 'device_refused' ? 'refused' : 'over')}
      />
      <Button tone="quiet" className="mt-5" onClick={onCancel}>
        {t('common.cancel')}
      </Button>
    </div>
  );
}
