// The version of a server, as it says itself.

import { useEffect, useState } from 'react';

export function useVersion(url: string | undefined): string | undefined {
  const [version, setVersion] = useState<string>();
  useEffect(() => {
    if (url === undefined) return undefined;
    const abort = new AbortController();
    fetch(`${url}/api/server`, { signal: abort.signal })
      .then((response) => response.json())
      .then((answer: { version?: unknown }) => setVersion(String(answer.version ?? '')))
      // A version that cannot be asked for is left out.
      .catch(() => undefined);
    return () => abort.abort();
  }, [url]);
  return version;
}
