import 'reflect-metadata';
import { createPrivateKey, KeyObject, X509Certificate as NodeCertificate, randomBytes, webcrypto } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { dirname, join } from 'node:path';
import { createFileOnce, replaceFile, syncFolder } from '@lianpiao/shared/crypto/durable-file';
import { done, type Outcome, refuse } from '@lianpiao/shared/domain/outcome';
import { Fault } from '@lianpiao/shared/fault';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Pkcs10CertificateRequest,
  type PublicKey,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

/**
 * The hub's own certificate authority (station-link: security). Broker, hub and stations know each other by P-256
 * certificates that it issued, and by nothing else.
 *
 * A folder holds `ca-cert.pem` (public), `ca-key.pem` (0600), and `broker.pem` and `hub.pem` (0600, private key and
 * certificate in one file, so that the two always belong together).
 */
export type Pki = {
  readonly folder: string;
  readonly caCertPem: string;
  readonly broker: TlsIdentity;
  readonly hub: TlsIdentity;
};
export type TlsIdentity = { readonly certPem: string; readonly keyPem: string };

export type IssuedCertificate = {
  readonly certPem: string;
  readonly caCertPem: string;
  /** Upper-case hexadecimal, as TLS reports it and as the list of revoked certificates has it. */
  readonly serial: string;
  readonly notAfter: number;
};
export type CsrRefusal = { readonly code: 'csr.malformed' } | { readonly code: 'csr.not-proven' };

const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const YEAR_MS = 365 * 24 * 3600 * 1000;
const CA_YEARS = 30;
const LEAF_YEARS = 5;
/** Broker and hub get a new certificate at the first start within this time before the old one ends. */
const RENEW_BEFORE_MS = 2 * YEAR_MS;
/** A station PC whose clock battery is dead wakes up years back; it must still reach the hub, which tells it the time. */
const LONG_AGO = new Date('2000-01-01T00:00:00Z');
const CSR_CHARS_MAX = 4096;

/**
 * Opens the authority in `folder` and makes what is missing. Processes that start together end up with the same one.
 *
 * `hosts` are the names and addresses, besides this machine's own, under which stations reach the broker; a new one
 * among them makes a new broker certificate. `now` is the real time, never a demo clock: TLS checks against the real one.
 *
 * @throws Fault `pki.damaged` when the authority's key cannot be read. A new one is never made over it.
 */
export async function ensurePki(
  folder: string,
  { hosts, now }: { hosts: readonly string[]; now: number },
): Promise<Pki> {
  const caCertPem = await ensureAuthority(folder, now);
  const broker = { commonName: 'broker', hosts: ['127.0.0.1', 'localhost', ...hosts] };
  return {
    folder,
    caCertPem,
    broker: await ensureLeaf(folder, broker, now),
    hub: await ensureLeaf(folder, { commonName: 'hub', hosts: [] }, now),
  };
}

/**
 * Issues the client certificate of a station from the request that its agent made. Only the key is taken from the
 * request; the name is `st-<station code>`, whatever the request says.
 */
export async function issueStationCertificate(
  pki: Pki,
  csrPem: string,
  station: string,
  now: number,
): Promise<Outcome<IssuedCertificate, CsrRefusal>> {
  const request = readRequest(csrPem);
  if (!request) return refuse({ code: 'csr.malformed' });
  if (!(await request.verify(webcrypto))) return refuse({ code: 'csr.not-proven' });
  const dayAgo = new Date(now - 24 * 3600 * 1000);
  const certificate = await issue(
    pki.folder,
    { commonName: `st-${station}`, hosts: [] },
    request.publicKey,
    dayAgo,
    now,
  );
  return done({
    certPem: pemOf(certificate),
    caCertPem: pki.caCertPem,
    serial: serialOf(certificate),
    notAfter: certificate.notAfter.getTime(),
  });
}

type CryptoKey = webcrypto.CryptoKey;
type Subject = { readonly commonName: string; readonly hosts: readonly string[] };

async function ensureAuthority(folder: string, now: number): Promise<string> {
  const certPath = join(folder, 'ca-cert.pem');
  const known = await readIfThere(certPath);
  if (known) return known;

  // Key and certificate appear together: a folder is filled beside the real one and renamed. Of two, the second rename fails.
  const draft = `${folder}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await mkdir(dirname(folder), { recursive: true });
  await mkdir(draft, { mode: 0o700 });
  try {
    const { keyPem, certPem } = await createAuthority(now);
    await writeFile(join(draft, 'ca-key.pem'), keyPem, { mode: 0o600, flush: true });
    await writeFile(join(draft, 'ca-cert.pem'), certPem, { mode: 0o644, flush: true });
    await syncFolder(draft);
    await rename(draft, folder);
    await syncFolder(dirname(folder));
  } catch (error) {
    if (!(await readIfThere(certPath))) throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return readFile(certPath, 'utf8');
}

async function createAuthority(now: number): Promise<TlsIdentity> {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: newSerial(),
      name: `CN=Lianpiao station link ${randomBytes(4).toString('hex')}`,
      notBefore: LONG_AGO,
      notAfter: new Date(now + CA_YEARS * YEAR_MS),
      signingAlgorithm: P256,
      keys,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return { certPem: pemOf(certificate), keyPem: privatePem(keys.privateKey) };
}

async function ensureLeaf(folder: string, subject: Subject, now: number): Promise<TlsIdentity> {
  const path = join(folder, `${subject.commonName}.pem`);
  const known = await readIfThere(path);
  if (known && isGood(known, subject, now)) return split(known);
  const keys = await newKeys();
  const certificate = await issue(folder, subject, keys.publicKey, LONG_AGO, now);
  const bundle = `${privatePem(keys.privateKey)}${pemOf(certificate)}`;
  if (known) await replaceFile(path, bundle, 0o600);
  else await createFileOnce(path, bundle, 0o600);
  return split(await readFile(path, 'utf8'));
}

function isGood(bundle: string, subject: Subject, now: number): boolean {
  const certificate = new NodeCertificate(split(bundle).certPem);
  const named = (host: string) => (isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host)) !== undefined;
  return Date.parse(certificate.validTo) - RENEW_BEFORE_MS > now && subject.hosts.every(named);
}

async function issue(
  folder: string,
  { commonName, hosts }: Subject,
  publicKey: PublicKey | CryptoKey,
  notBefore: Date,
  now: number,
): Promise<X509Certificate> {
  const authority = new X509Certificate(await readFile(join(folder, 'ca-cert.pem'), 'utf8'));
  const usage = hosts.length > 0 ? ExtendedKeyUsage.serverAuth : ExtendedKeyUsage.clientAuth;
  const names = hosts.map((host) => ({ type: isIP(host) ? ('ip' as const) : ('dns' as const), value: host }));
  return X509CertificateGenerator.create(
    {
      serialNumber: newSerial(),
      subject: `CN=${commonName}`,
      issuer: authority.subject,
      notBefore,
      notAfter: new Date(now + LEAF_YEARS * YEAR_MS),
      signingAlgorithm: P256,
      signingKey: await authorityKey(folder),
      publicKey,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([usage], true),
        await AuthorityKeyIdentifierExtension.create(authority, false, webcrypto),
        ...(names.length > 0 ? [new SubjectAlternativeNameExtension(names)] : []),
      ],
    },
    webcrypto,
  );
}

function readRequest(csrPem: string): Pkcs10CertificateRequest | undefined {
  if (csrPem.length > CSR_CHARS_MAX) return undefined;
  try {
    const request = new Pkcs10CertificateRequest(csrPem);
    const { name, namedCurve } = request.publicKey.algorithm as { name: string; namedCurve?: string };
    return name === P256.name && namedCurve === P256.namedCurve ? request : undefined;
  } catch {
    // The library throws for whatever is not a request; to the caller it is one answer.
    return undefined;
  }
}

async function authorityKey(folder: string): Promise<CryptoKey> {
  const path = join(folder, 'ca-key.pem');
  try {
    const der = createPrivateKey(await readFile(path, 'utf8')).export({ type: 'pkcs8', format: 'der' });
    return await webcrypto.subtle.importKey('pkcs8', der, P256, false, ['sign']);
  } catch (cause) {
    const hint = `从备份恢复整个 ${folder} 目录;不要删除它,否则所有车站都要重新注册`;
    throw new Fault('pki.damaged', `${path} does not hold the key of the authority`, { hint, retryable: false, cause });
  }
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(P256, true, ['sign', 'verify']);
}

/** 16 random bytes, positive and without a leading zero, so that every program writes it the same way. */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x3f) | 0x40;
  return bytes.toString('hex');
}

function serialOf(certificate: X509Certificate): string {
  return certificate.serialNumber.toUpperCase();
}

function pemOf(certificate: X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}

function privatePem(key: CryptoKey): string {
  return KeyObject.from(key).export({ type: 'pkcs8', format: 'pem' }).toString();
}

function split(bundle: string): TlsIdentity {
  const start = bundle.indexOf('-----BEGIN CERTIFICATE-----');
  return { keyPem: bundle.slice(0, start), certPem: bundle.slice(start) };
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
