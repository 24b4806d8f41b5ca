import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSm2KeyPair, sm2Decrypt } from '@lianpiao/shared/crypto/sm2';
import { createStationIdentity } from '@lianpiao/shared/crypto/station-identity';
import type { Caller } from '@lianpiao/shared/store/call';
import { NOON } from '@lianpiao/shared/testing/builders';
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HubStore } from '../store/hub-store.ts';
import { openHubStore } from '../store/open-hub-store.ts';
import { type EnrolmentDesk, enrolStation } from './enrol-station.ts';
import { expectStation } from './expect-station.ts';
import { ensurePki } from './private-ca.ts';
import { StationMacKeys } from './station-mac-keys.ts';

const OPERATOR: Caller = { id: 'console-admin', channel: 'other', terminal: '000', clerk: 'admin', shiftId: null };
const HANGZHOU = { code: '330100001', name: '杭州客运中心站', grade: 1 };
const TODAY = Date.now();
let folder: string;
let store: HubStore;
let desk: EnrolmentDesk;
let keys: StationMacKeys;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lianpiao-enrol-'));
  store = await openHubStore(join(folder, 'hub.sqlite'));
  const masterKey = Buffer.alloc(32, 3);
  keys = new StationMacKeys(store, masterKey);
  const pki = await ensurePki(join(folder, 'pki'), { hosts: [], now: TODAY });
  desk = { store, pki, masterKey, brokers: ['mqtts://127.0.0.1:8883'], enrolled: (station) => keys.load(station) };
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

async function aToken(): Promise<string> {
  const expected = await expectStation(store, OPERATOR, HANGZHOU, NOON);
  if (!expected.ok) throw new Error(expected.refusal.code);
  return expected.value.token;
}

async function aMachine(token: string, installId = 'machine-1') {
  const ticket = createSm2KeyPair();
  const { csrPem } = await createStationIdentity();
  return { ticket, request: { token, installId, csr: csrPem, ticketPublicKey: ticket.publicKey } };
}

describe('enrolStation', () => {
  it('gives a station its certificate, the MAC key that the hub checks with, numbers and a standing order', async () => {
    const { ticket, request } = await aMachine(await aToken());
    const enrolled = await enrolStation(desk, request, NOON, TODAY);
    if (!enrolled.ok) throw new Error(enrolled.refusal.code);
    expect(enrolled.value.station).toEqual(HANGZHOU);
    const secret = sm2Decrypt(Buffer.from(enrolled.value.macKey.sealed, 'base64url'), ticket.privateKey);
    expect(secret.ok && Buffer.from(secret.value)).toEqual(Buffer.from(keys.of('330100001')!.signing(NOON)!.secret));
    const { db, t } = store.read;
    const told = await db.select({ type: t.outbox.type }).from(t.outbox).where(eq(t.outbox.peer, '330100001'));
    expect(new Set(told.map(({ type }) => type))).toEqual(
      new Set(['numbers.leased', 'allotment.set', 'ticket-key.certified']),
    );
  });

  it('takes a token once: another machine is refused, the same machine that lost the answer is served again', async () => {
    const token = await aToken();
    const first = await aMachine(token);
    expect((await enrolStation(desk, first.request, NOON, TODAY)).ok).toBe(true);
    expect((await enrolStation(desk, first.request, NOON, TODAY)).ok).toBe(true);
    const thief = await aMachine(token, 'machine-2');
    expect(await enrolStation(desk, thief.request, NOON, TODAY)).toMatchObject({
      refusal: { code: 'enrolment.token-unknown' },
    });
  });

  it('leaves the standing order that somebody has set since alone when a station enrols again', async () => {
    const { request } = await aMachine(await aToken());
    await enrolStation(desk, request, NOON, TODAY);
    await store.transaction((tx) => tx.db.update(tx.t.allotments).set({ seats: 3, lowWater: 0 }));
    expect((await enrolStation(desk, request, NOON, TODAY)).ok).toBe(true);
    const { db, t } = store.read;
    expect(await db.select().from(t.allotments)).toMatchObject([{ seats: 3, lowWater: 0 }]);
    expect(await db.select().from(t.outbox).where(eq(t.outbox.type, 'allotment.set'))).toHaveLength(1);
  });

  it('refuses an old token, an invented one, and a key that is none', async () => {
    const { request } = await aMachine(await aToken());
    expect(await enrolStation(desk, request, NOON + 8 * 24 * 3600_000, TODAY)).toMatchObject({
      refusal: { code: 'enrolment.token-expired' },
    });
    expect(await enrolStation(desk, { ...request, token: 'x'.repeat(32) }, NOON, TODAY)).toMatchObject({
      refusal: { code: 'enrolment.token-unknown' },
    });
    expect((await enrolStation(desk, { ...request, ticketPublicKey: `04${'0'.repeat(128)}` }, NOON, TODAY)).ok).toBe(
      false,
    );
  });

  it('keeps no token that a copied database could enrol with', async () => {
    const token = await aToken();
    const { db, t } = store.read;
    expect(JSON.stringify(await db.select().from(t.enrolTokens))).not.toContain(token);
  });

  it('does not expect a station again that is enrolled', async () => {
    const { request } = await aMachine(await aToken());
    await enrolStation(desk, request, NOON, TODAY);
    expect(await expectStation(store, OPERATOR, HANGZHOU, NOON)).toMatchObject({
      refusal: { code: 'station.already-enrolled' },
    });
  });
});
