import { randomBytes } from 'node:crypto';
import { type MacKey, macKeyRow } from '@lianpiao/shared/crypto/mac-keys';
import { sm2Encrypt, sm2PublicKey } from '@lianpiao/shared/crypto/sm2';
import { sm3Hex } from '@lianpiao/shared/crypto/sm3';
import { done, refuse } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { EnrolmentAnswer, EnrolmentRequest } from '@lianpiao/shared/protocol/enrolment';
import { audit } from '@lianpiao/shared/store/audit';
import { emit } from '@lianpiao/shared/store/streams';
import { and, eq, isNull, max } from 'drizzle-orm';
import type { HubStore, HubTx } from '../store/hub-store.ts';
import { leaseNumbers } from './lease-numbers.ts';
import { issueStationCertificate, type Pki } from './private-ca.ts';

export type EnrolmentDesk = {
  readonly store: HubStore;
  readonly pki: Pki;
  readonly masterKey: Uint8Array;
  /** What stations are told to connect to, in the order of preference. */
  readonly brokers: readonly string[];
  /** Called when the station's keys are durable, so that its first frame is understood. */
  readonly enrolled: (station: string) => Promise<void>;
};

/** Standing order of a new station until somebody decides otherwise: seats of each trip that the hub gets, and when it asks for more. */
const FIRST_ALLOTMENT = { line: '*', seats: 12, lowWater: 4 } as const;

/**
 * Enrols the station that a one-time token was made for: signs its certificate, makes its MAC key, certifies its ticket key,
 * binds it to its machine, leases numbers and gives the standing order. The token counts once, and again for the machine that
 * used it: an answer that got lost is given again.
 *
 * `now` is the clock of the province; certificates are dated by the real one, `today`.
 */
export async function enrolStation(desk: EnrolmentDesk, request: EnrolmentRequest, now: EpochMs, today: EpochMs) {
  const { store, pki, masterKey, brokers } = desk;
  const ticketKey = sm2PublicKey(request.ticketPublicKey);
  if (!ticketKey.ok) return ticketKey;
  const { db, t } = store.read;
  const tokenHash = sm3Hex(request.token);
  const [token] = await db.select().from(t.enrolTokens).where(eq(t.enrolTokens.tokenHash, tokenHash));
  if (!token || (token.usedBy !== null && token.usedBy !== request.installId))
    return refuse({ code: 'enrolment.token-unknown' });
  if (token.usedAt === null && token.expiresAt <= now) return refuse({ code: 'enrolment.token-expired' });
  const issued = await issueStationCertificate(pki, request.csr, token.station, today);
  if (!issued.ok) return issued;

  const macSecret = randomBytes(32);
  const outcome = await store.transaction(async (tx) => {
    const { enrolTokens, stations } = tx.t;
    const free = and(
      eq(enrolTokens.tokenHash, tokenHash),
      token.usedBy === null ? isNull(enrolTokens.usedBy) : eq(enrolTokens.usedBy, request.installId),
    );
    const [used] = await tx.db
      .update(enrolTokens)
      .set({ usedAt: now, usedBy: request.installId })
      .where(free)
      .returning();
    if (!used) return refuse({ code: 'enrolment.token-unknown' });
    const enrolment = {
      state: 'enrolled',
      installId: request.installId,
      enrolledAt: now,
      certSerial: issued.value.serial,
    };
    const [station] = await tx.db.update(stations).set(enrolment).where(eq(stations.code, token.station)).returning();
    const macKey = await newMacKey(tx, token.station, macSecret, masterKey, now);
    const ticketKeyNo = await certifyTicketKey(tx, token.station, request.ticketPublicKey, now);
    await leaseNumbers(tx, token.station, now);
    await giveFirstAllotment(tx, token.station, now);
    const caller = {
      id: `enrolment-${token.station}`,
      channel: 'other' as const,
      terminal: '000',
      clerk: null,
      shiftId: null,
    };
    await audit(tx, caller, 'station.enrolled', token.station, now, request.installId);
    return done({ station: station!, macKey, ticketKeyNo });
  });
  if (!outcome.ok) return outcome;
  await desk.enrolled(token.station);

  const { station, macKey, ticketKeyNo } = outcome.value;
  const answer: EnrolmentAnswer = {
    station: { code: station.code, name: station.name, grade: station.grade },
    certificate: issued.value.certPem,
    ca: issued.value.caCertPem,
    macKey: { keyNo: macKey.keyNo, sealed: Buffer.from(sm2Encrypt(macSecret, ticketKey.value)).toString('base64url') },
    ticketKeyNo,
    brokers: [...brokers],
  };
  return done(answer);
}

/** Once a station: what somebody has decided since stands when it enrols again. */
async function giveFirstAllotment(tx: HubTx, station: string, now: EpochMs): Promise<void> {
  const first = await tx.db
    .insert(tx.t.allotments)
    .values({ station, ...FIRST_ALLOTMENT })
    .onConflictDoNothing()
    .returning();
  if (first.length > 0)
    await emit(tx, { peer: station, type: 'allotment.set', agg: 'allotment-*', fact: FIRST_ALLOTMENT }, now);
}

async function newMacKey(
  tx: HubTx,
  station: string,
  secret: Uint8Array,
  masterKey: Uint8Array,
  now: EpochMs,
): Promise<MacKey> {
  const { stationKeys } = tx.t;
  const [last] = await tx.db
    .select({ keyNo: max(stationKeys.keyNo) })
    .from(stationKeys)
    .where(eq(stationKeys.station, station));
  // A clock that is set back must not make the only key one that is not active yet.
  const key: MacKey = { keyNo: (last?.keyNo ?? 0) + 1, secret, activeAt: last?.keyNo ? now : 0 };
  const row = macKeyRow(station, key, masterKey, randomBytes(16));
  await tx.db.insert(stationKeys).values({ station, ...row });
  return key;
}

/** Gives a station's ticket key its number and tells every gate of it; the new station is told of everybody else's. */
async function certifyTicketKey(tx: HubTx, owner: string, publicKey: string, now: EpochMs): Promise<number> {
  const { ticketKeys, stations } = tx.t;
  const keys = await tx.db.select().from(ticketKeys);
  const known = keys.find((key) => key.owner === owner && key.publicKey === publicKey);
  const keyNo = known?.keyNo ?? keys.reduce((most, key) => Math.max(most, key.keyNo), 0) + 1;
  const certified = { keyNo, owner, publicKey, revoked: 0, wrapped: null, certifiedAt: now };
  if (!known) await tx.db.insert(ticketKeys).values(certified);
  const peers = await tx.db.select({ code: stations.code }).from(stations).where(eq(stations.state, 'enrolled'));
  for (const { code } of peers) await tellKey(tx, code, certified, now);
  for (const key of keys) if (key.keyNo !== keyNo) await tellKey(tx, owner, key, now);
  return keyNo;
}

type CertifiedKey = {
  readonly keyNo: number;
  readonly owner: string;
  readonly publicKey: string;
  readonly revoked: number;
};

async function tellKey(
  tx: HubTx,
  peer: string,
  { keyNo, owner, publicKey, revoked }: CertifiedKey,
  now: EpochMs,
): Promise<void> {
  const fact = { keyNo, owner, publicKey, revoked: revoked === 1 };
  await emit(tx, { peer, type: 'ticket-key.certified', agg: `ticket-key-${keyNo}`, fact }, now);
}
