// TLS in front of a server, with a certificate that nobody has signed and that can be swapped.

import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';

function certificate() {
  const folder = mkdtempSync(join(tmpdir(), 'parlor-certificate-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', [...made, '-subj', '/CN=attic', '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const pair = { key: readFileSync(key), cert: readFileSync(cert) };
  rmSync(folder, { recursive: true });
  return { ...pair, fingerprint: new X509Certificate(pair.cert).fingerprint256 };
}

/** Resolves to its address, its fingerprint, `swap` for another certificate, `restore`, and a way to end it. */
export async function startTlsFront(target) {
  const own = certificate();
  const { hostname, port } = new URL(target);
  const open = new Set();
  /** Bytes of the app that came through a handshake since the last swap. */
  let heard = 0;
  const server = createServer(own, (client) => {
    const inner = connect(Number(port), hostname);
    open.add(client);
    client.on('data', (data) => (heard += data.length));
    const end = () => {
      open.delete(client);
      client.destroy();
      inner.destroy();
    };
    for (const socket of [client, inner]) socket.on('error', end).on('close', end);
    client.pipe(inner).pipe(client);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const socket of open) socket.destroy();
  };
  const show = (pair) => {
    server.setSecureContext(pair);
    heard = 0;
    cut();
  };
  return {
    address: `https://127.0.0.1:${server.address().port}`,
    fingerprint: own.fingerprint,
    heard: () => heard,
    swap: () => show(certificate()),
    restore: () => show(own),
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        cut();
      }),
  };
}
