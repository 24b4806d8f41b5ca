import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFileOnce } from '@lianpiao/shared/crypto/durable-file';
import { createSm2KeyPair, type Sm2KeyPair, sm2Decrypt } from '@lianpiao/shared/crypto/sm2';
import { createStationIdentity } from '@lianpiao/shared/crypto/station-identity';
import { Fault } from '@lianpiao/shared/fault';
import { type EnrolmentAnswer, enrolmentAnswer } from '@lianpiao/shared/protocol/enrolment';
import { z } from 'zod';
import type { AgentConfig } from '../config.ts';

const ownKeys = z.object({
  installId: z.string(),
  privateKeyPem: z.string(),
  csrPem: z.string(),
  ticket: z.object({ privateKey: z.string(), publicKey: z.string() }),
});

/** What a station is known by: its TLS key and certificate, its ticket key, its MAC key. */
export type StationKeys = {
  readonly installId: string;
  readonly privateKeyPem: string;
  readonly ticket: Sm2KeyPair;
  readonly macSecret: Uint8Array;
  readonly enrolment: EnrolmentAnswer;
};

/**
 * The station's keys, made at the first start, and its enrolment, asked from the hub once with the one-time token.
 *
 * The keys are on disk before the token is used, so that a crash in between asks again with the same keys.
 *
 * @throws Fault `enrolment.refused` when the hub does not take the token, `enrolment.hub-unreachable` when it cannot be asked.
 */
export async function stationKeys(folder: string, config: AgentConfig): Promise<StationKeys> {
  const keysFile = join(folder, 'station-keys.json');
  const own = ownKeys.parse(
    await readOrMake(keysFile, async () => ({
      installId: randomUUID(),
      ...(await createStationIdentity()),
      ticket: createSm2KeyPair(),
    })),
  );
  const enrolmentFile = join(folder, 'enrolment.json');
  const enrolment = enrolmentAnswer.parse(await readOrMake(enrolmentFile, () => enrol(config, own)));
  const secret = sm2Decrypt(Buffer.from(enrolment.macKey.sealed, 'base64url'), own.ticket.privateKey);
  if (!secret.ok) {
    const hint = '车站密钥与中心登记不一致：请由中心重新签发登记口令。';
    throw new Fault('enrolment.refused', 'the MAC key was not sealed for this station', { hint, retryable: false });
  }
  return {
    installId: own.installId,
    privateKeyPem: own.privateKeyPem,
    ticket: own.ticket,
    macSecret: secret.value,
    enrolment,
  };
}

async function readOrMake(file: string, make: () => Promise<unknown>): Promise<unknown> {
  const read = () => JSON.parse(readFileSync(file, 'utf8')) as unknown;
  try {
    return read();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
  }
  await createFileOnce(file, JSON.stringify(await make(), null, 2), 0o600);
  return read();
}

async function enrol({ hub }: AgentConfig, own: z.infer<typeof ownKeys>): Promise<unknown> {
  const body = {
    token: hub.token ?? '',
    installId: own.installId,
    csr: own.csrPem,
    ticketPublicKey: own.ticket.publicKey,
  };
  let response: Response;
  try {
    response = await fetch(new URL('/enrol/v1', hub.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    });
  } catch (cause) {
    const hint = '登记时连不上联网中心：请检查网络和 hub.url，稍后会再试。';
    throw new Fault('enrolment.hub-unreachable', `the hub at ${hub.url} cannot be asked`, {
      hint,
      retryable: true,
      cause,
    });
  }
  if (response.ok) return response.json();
  const problem = (await response.json().catch(() => ({}))) as { code?: string };
  const hint = '中心不接受登记口令：口令只能用一次，请向中心要新的口令写入 config.json 的 hub.token。';
  throw new Fault('enrolment.refused', `the hub refused the enrolment: ${problem.code ?? response.status}`, {
    hint,
    retryable: false,
  });
}
