import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { type PersonKeyRow, type PersonKeyRows, PersonKeys, personKeyNo } from './person-keys.ts';
import { openSealed, sealPerson } from './sm4.ts';

/** Rows in memory, with the promises of the port. */
class RowsInMemory implements PersonKeyRows {
  readonly rows = new Map<number, PersonKeyRow>();
  async find(keyNo: number) {
    return this.rows.get(keyNo);
  }
  async add(row: PersonKeyRow) {
    if (!this.rows.has(row.keyNo)) this.rows.set(row.keyNo, row);
  }
  async destroy(keyNo: number, at: number) {
    const row = this.rows.get(keyNo);
    if (row) this.rows.set(keyNo, { ...row, wrapped: null, destroyedAt: at });
  }
}

const NOON = Date.UTC(2026, 10, 21, 4);
const master = randomBytes(32);
const nobody = '{"name":"测试一"}'; // Synthetic.

describe('the keys of personal data', () => {
  let rows: RowsInMemory;
  beforeEach(() => {
    rows = new RowsInMemory();
  });
  const open = (masterKey: Uint8Array = master) => new PersonKeys(rows, masterKey, randomBytes);

  it('are one a month, made at first use, and the same after a restart', async () => {
    expect(personKeyNo('20261121')).toBe(202611);
    const key = await open().forMonth(202611, NOON);
    const again = await open().numbered(202611);
    if (!key.ok || !again.ok) throw new Error('a key is missing');
    expect(openSealed(again.value, sealPerson(key.value, nobody, randomBytes(16)))).toEqual({
      ok: true,
      value: nobody,
    });
    expect(JSON.stringify([...rows.rows.values()])).not.toContain(
      Buffer.from(key.value.encryption).toString('base64url'),
    );
  });

  it('are the same for two who make the same month at once', async () => {
    const [one, two] = await Promise.all([open().forMonth(202611, NOON), open().forMonth(202611, NOON)]);
    expect(one).toEqual(two);
  });

  it('are gone once destroyed, for good', async () => {
    const keys = open();
    await keys.forMonth(202611, NOON);
    await keys.destroy(202611, NOON + 1);
    const refusal = { ok: false, refusal: { code: 'person-key.destroyed', keyNo: 202611 } };
    expect(await keys.numbered(202611)).toEqual(refusal);
    expect(await keys.forMonth(202611, NOON + 2)).toEqual(refusal);
    await keys.adopt(202611, randomBytes(32), NOON + 3);
    expect(await keys.numbered(202611)).toEqual(refusal);
    expect(await keys.numbered(202601)).toEqual({ ok: false, refusal: { code: 'person-key.unknown', keyNo: 202601 } });
  });

  it('open what another machine sealed, once that machine has handed its key over', async () => {
    const secret = randomBytes(32);
    await open().adopt(202611, secret, NOON);
    const hub = new PersonKeys(new RowsInMemory(), randomBytes(32), randomBytes);
    await hub.adopt(202611, secret, NOON);
    expect(await hub.numbered(202611)).toEqual(await open().numbered(202611));
  });

  it('do not open with another master key, or in another month’s row', async () => {
    await open().forMonth(202611, NOON);
    await expect(open(randomBytes(32)).numbered(202611)).rejects.toMatchObject({ code: 'key.not-ours' });
    rows.rows.set(202612, { ...rows.rows.get(202611)!, keyNo: 202612 });
    await expect(open().numbered(202612)).rejects.toMatchObject({ code: 'key.not-ours' });
  });
});
