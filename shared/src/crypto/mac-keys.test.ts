import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { MAC_KEY_OVERLAP_MS, MacKeys, macKeyRow } from './mac-keys.ts';

const NOON = Date.UTC(2026, 10, 21, 4);
const HANGZHOU = '330100001';
const first = new MacKeys([]).next(randomBytes(32), NOON);
const second = new MacKeys([first]).next(randomBytes(32), NOON + 3_600_000);
const keys = new MacKeys([second, first]);

describe('the MAC keys of a station', () => {
  it('change at the appointed time, and the old one is good for another day', () => {
    expect(first.keyNo).toBe(1);
    expect(keys.signing(NOON)).toEqual(first);
    expect(keys.signing(second.activeAt)).toEqual(second);
    expect(keys.checking(1, second.activeAt + MAC_KEY_OVERLAP_MS - 1)).toEqual({ ok: true, value: first });
    expect(keys.checking(1, second.activeAt + MAC_KEY_OVERLAP_MS)).toEqual({
      ok: false,
      refusal: { code: 'mac-key.expired', keyNo: 1 },
    });
    expect(keys.checking(2, second.activeAt + 9 * MAC_KEY_OVERLAP_MS)).toEqual({ ok: true, value: second });
  });

  it('are good before their time, because the other side’s clock may be ahead', () => {
    expect(keys.checking(2, NOON)).toEqual({ ok: true, value: second });
    expect(keys.signing(NOON - 1)).toEqual(first);
  });

  it('are unknown by any other number, and none sign where there are none', () => {
    expect(keys.checking(3, NOON)).toEqual({ ok: false, refusal: { code: 'mac-key.unknown', keyNo: 3 } });
    expect(new MacKeys([]).signing(NOON)).toBeUndefined();
  });

  it('come back from their rows, and only as the same station’s', () => {
    const master = randomBytes(32);
    const rows = [first, second].map((key) => macKeyRow(HANGZHOU, key, master, randomBytes(16)));
    expect(MacKeys.unwrap(HANGZHOU, rows, master).signing(NOON)?.secret).toEqual(first.secret);
    expect(() => MacKeys.unwrap('330600001', rows, master)).toThrow(/key\.not-ours/);
    expect(() => MacKeys.unwrap(HANGZHOU, rows, randomBytes(32))).toThrow(/key\.not-ours/);
  });
});
