import 'reflect-metadata';
import { KeyObject, webcrypto } from 'node:crypto';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';

/** What a station's agent keeps (`privateKeyPem`, PKCS#8) and what it sends to the hub to be enrolled (`csrPem`, PKCS#10). */
export type StationIdentity = { readonly privateKeyPem: string; readonly csrPem: string };

const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/**
 * Makes the key pair of a station's TLS certificate, and the request that proves it has the private key, which never
 * leaves the agent. The request names nobody: the hub decides which station it is for by the enrolment token.
 */
export async function createStationIdentity(): Promise<StationIdentity> {
  const keys = await webcrypto.subtle.generateKey(P256, true, ['sign', 'verify']);
  const request = await Pkcs10CertificateRequestGenerator.create(
    { name: 'CN=station', keys, signingAlgorithm: P256 },
    webcrypto,
  );
  return {
    privateKeyPem: KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString(),
    csrPem: `${request.toString('pem')}\n`,
  };
}
