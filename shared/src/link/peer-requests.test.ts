import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { done } from '../domain/outcome.ts';
import { Fault } from '../fault.ts';
import { type ResponseMessage, response } from '../protocol/messages.ts';
import { sqliteKit } from '../store/column-kit.ts';
import { SHARED_MIGRATIONS } from '../store/migrate.ts';
import { openSqlite } from '../store/open-sqlite.ts';
import type { Store } from '../store/store.ts';
import { type SharedTables, sharedTables } from '../store/tables/shared.ts';
import type { Said, SayResult } from './peer-link.ts';
import { PeerRequests } from './peer-requests.ts';

const WISH = { tripId: '330100001-20261121-K105', from: 0, to: 1, count: 1 };
let folder: string;
let store: Store<SharedTables>;
let line: SayResult;
let said: Said[];
let requests: PeerRequests<SharedTables>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'peer-requests-'));
  const tables = sharedTables(sqliteKit);
  store = await openSqlite({ path: join(folder, 'db'), tables, migrations: [SHARED_MIGRATIONS] });
  [line, said] = [1, []];
  const say = (message: Said) => {
    said.push(message);
    return line;
  };
  const quiet = { clock: { now: () => 0 }, monotonic: () => 0, noted: () => undefined };
  requests = new PeerRequests({ store, peer: '330100001', say, newId: () => 'id', ...quiet });
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const stateOf = async (key: string) =>
  (await store.read.db.select().from(store.read.t.intents)).find((row) => row.key === key)?.state;

it('says off line, and knows the outcome, only of a wish that was never sent', async () => {
  line = 'busy';
  expect(await requests.request('seat.request', WISH, 'never-sent')).toMatchObject({
    refusal: { code: 'link.offline' },
  });
  expect(await stateOf('never-sent')).toBe('no');
});

it('does not take a wish for unheard that was sent once and then could not be sent again', async () => {
  expect(await requests.request('seat.request', WISH, 'sent-once')).toMatchObject({
    refusal: { code: 'link.no-answer' },
  });
  line = 'busy';
  expect(await requests.request('seat.request', WISH, 'sent-once')).toMatchObject({
    refusal: { code: 'link.no-answer' },
  });
  expect(await stateOf('sent-once')).toBe('asked');
  line = 1;
  const answered = requests.request('seat.request', WISH, 'sent-once');
  requests.heard({ k: 'res', id: 'sent-once', outcome: done({ granted: 1 }) } as never);
  await Promise.race([answered, new Promise((turn) => setImmediate(turn))]);
  requests.heard({ k: 'res', id: 'sent-once', outcome: done({ granted: 1 }) } as never);
  expect(await answered).toEqual(done({ granted: 1 }));
  expect(await stateOf('sent-once')).toBe('yes');
});

it('does not take for a no what the other side says that broke off half way: part of it may be done', async () => {
  const broken = () => {
    throw new Fault('store.not-writable', 'disk full', { hint: '磁盘已满', retryable: true });
  };
  const asked = { k: 'req', id: 'half', m: 'seat.request', p: WISH, ttl: 3_000 } as never;
  await requests.answer({ 'seat.request': broken }, asked, null);
  const answer = said.pop() as ResponseMessage;
  const answered = requests.request('seat.request', WISH, 'half');
  while (said.length === 0) await new Promise((turn) => setImmediate(turn));
  requests.heard({ ...answer, outcome: response.shape.outcome.parse(answer.outcome) });
  expect(await answered).toMatchObject({ refusal: { code: 'store.not-writable' } });
  expect(await stateOf('half')).toBe('asked');
});
