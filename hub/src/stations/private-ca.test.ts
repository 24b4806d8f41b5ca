import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { createStationIdentity } from '@lianpiao/shared/crypto/station-identity';
import { beforeEach, describe, expect, it } from 'vitest';
import { ensurePki, issueStationCertificate, type Pki, type TlsIdentity } from './private-ca.ts';

const YEAR_MS = 365 * 24 * 3600 * 1000;
const HANGZHOU = '330100001';

async function enrolled(pki: Pki, station = HANGZHOU): Promise<TlsIdentity> {
  const { privateKeyPem, csrPem } = await createStationIdentity();
  const issued = await issueStationCertificate(pki, csrPem, station, Date.now());
  if (!issued.ok) throw new Error(issued.refusal.code);
  return { keyPem: privateKeyPem, certPem: issued.value.certPem };
}

/** Shakes hands over a real socket as client and gives the name that the server saw, or the error that either side met. */
async function shakeHands(
  server: Pki,
  client: TlsIdentity | undefined,
  trusts = server.caCertPem,
  host = '127.0.0.1',
): Promise<string> {
  const options = {
    ca: server.caCertPem,
    cert: server.broker.certPem,
    key: server.broker.keyPem,
    requestCert: true,
    rejectUnauthorized: true,
  };
  const listener = tls.createServer(options, (socket) => socket.end(String(socket.getPeerCertificate().subject.CN)));
  await new Promise<void>((listening) => listener.listen(0, '127.0.0.1', listening));
  const { port } = listener.address() as { port: number };
  try {
    return await new Promise((settled) => {
      const socket = tls.connect({
        host: '127.0.0.1',
        servername: host === '127.0.0.1' ? '' : host,
        port,
        ca: trusts,
        ...(client && { cert: client.certPem, key: client.keyPem }),
      });
      let seen = '';
      socket.on('data', (bytes) => {
        seen += bytes;
      });
      socket.on('error', (error) => settled((error as NodeJS.ErrnoException).code ?? error.message));
      socket.on('close', () => settled(seen));
    });
  } finally {
    await new Promise((closed) => listener.close(closed));
  }
}

describe('the private authority', () => {
  let folder: string;
  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'pki-')), 'pki');
  });
  const ensure = (hosts: string[] = [], now = Date.now()) => ensurePki(folder, { hosts, now });

  it('is made once, also when hub and broker start at the same moment', async () => {
    const all = await Promise.all(Array.from({ length: 6 }, () => ensure()));
    for (const pki of all) expect(pki).toEqual(all[0]);
    expect(await ensure()).toEqual(all[0]);
    expect((await readdir(folder)).sort()).toEqual(['broker.pem', 'ca-cert.pem', 'ca-key.pem', 'hub.pem']);
    expect(await readdir(join(folder, '..'))).toEqual(['pki']);
    for (const secret of ['broker.pem', 'ca-key.pem', 'hub.pem'])
      expect((await stat(join(folder, secret))).mode & 0o777).toBe(0o600);
  });

  it('lets broker, hub and stations recognise each other over TLS, and nobody else', async () => {
    const pki = await ensure(['hub.lianpiao.test']);
    expect(await shakeHands(pki, pki.hub)).toBe('hub');
    expect(await shakeHands(pki, await enrolled(pki))).toBe(`st-${HANGZHOU}`);
    expect(await shakeHands(pki, pki.hub, pki.caCertPem, 'localhost')).toBe('hub');
    expect(await shakeHands(pki, pki.hub, pki.caCertPem, 'hub.lianpiao.test')).toBe('hub');
    expect(await shakeHands(pki, pki.hub, pki.caCertPem, 'other.test')).toBe('ERR_TLS_CERT_ALTNAME_INVALID');

    const stranger = await ensurePki(join(folder, '../stranger'), { hosts: [], now: Date.now() });
    expect(await shakeHands(pki, undefined)).toContain('CERTIFICATE_REQUIRED');
    expect(await shakeHands(pki, stranger.hub)).toMatch(/^$|ERR_SSL|ECONNRESET/);
    expect(await shakeHands(pki, pki.hub, stranger.caCertPem)).toMatch(/SELF_SIGNED|UNABLE_TO_VERIFY/);
  });

  it('keeps a station from posing as the broker: its certificate is for clients only', async () => {
    const pki = await ensure(['hub.lianpiao.test']);
    const impostor = { ...pki, broker: await enrolled(pki) };
    expect(await shakeHands(impostor, pki.hub)).toMatch(/INVALID_PURPOSE|ALTNAME/);
  });

  it('is valid for a machine whose clock stands years back', async () => {
    const { broker, caCertPem } = await ensure();
    for (const pem of [broker.certPem, caCertPem])
      expect(Date.parse(new X509Certificate(pem).validFrom)).toBe(Date.UTC(2000, 0, 1));
  });

  it('renews broker and hub in time, names new hosts, and leaves the authority and good certificates alone', async () => {
    const pki = await ensure();
    const named = await ensure(['10.1.2.3', 'hub.lianpiao.test']);
    expect(new X509Certificate(named.broker.certPem).checkIP('10.1.2.3')).toBe('10.1.2.3');
    expect(named).toMatchObject({ caCertPem: pki.caCertPem, hub: pki.hub });
    const later = await ensure(['10.1.2.3'], Date.now() + 4 * YEAR_MS);
    expect(later.caCertPem).toBe(pki.caCertPem);
    expect(later.hub).not.toEqual(pki.hub);
    expect(new X509Certificate(later.hub.certPem).verify(new X509Certificate(pki.caCertPem).publicKey)).toBe(true);
  });

  it('issues only to a request whose maker has the key, and refuses whatever else it is given', async () => {
    const pki = await ensure();
    const { csrPem } = await createStationIdentity();
    const issued = await issueStationCertificate(pki, csrPem, HANGZHOU, Date.now());
    const certificate = new X509Certificate(issued.ok ? issued.value.certPem : '');
    expect(issued).toMatchObject({
      ok: true,
      value: { serial: certificate.serialNumber, notAfter: Date.parse(certificate.validTo) },
    });
    expect(certificate.subject).toBe(`CN=st-${HANGZHOU}`);

    const bent = Buffer.from(csrPem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
    bent[bent.length - 1]! ^= 1;
    const bentPem = `-----BEGIN CERTIFICATE REQUEST-----\n${bent.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
    expect(await issueStationCertificate(pki, bentPem, HANGZHOU, Date.now())).toEqual({
      ok: false,
      refusal: { code: 'csr.not-proven' },
    });
    const key = generateKeyPairSync('rsa', { modulusLength: 2048 })
      .publicKey.export({ type: 'spki', format: 'pem' })
      .toString();
    for (const rubbish of ['', 'rubbish', key, pki.caCertPem, 'A'.repeat(9000), csrPem.slice(0, 200)]) {
      expect(await issueStationCertificate(pki, rubbish, HANGZHOU, Date.now())).toEqual({
        ok: false,
        refusal: { code: 'csr.malformed' },
      });
    }
  });

  it('is never made anew over a damaged one', async () => {
    const { caCertPem } = await ensure();
    await writeFile(join(folder, 'ca-key.pem'), 'lost');
    await expect(ensure(['new.host.test'])).rejects.toMatchObject({ code: 'pki.damaged' });
    expect(await readFile(join(folder, 'ca-cert.pem'), 'utf8')).toBe(caCertPem);
  });
});
