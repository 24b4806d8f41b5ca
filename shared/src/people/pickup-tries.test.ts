import { describe, expect, it } from 'vitest';
import { NOON } from '../testing/builders.ts';
import { PickupTries, TERMINAL_TRIES } from './pickup-tries.ts';

const MINUTE = 60_000;
const proof = (pickupCode: string) => ({ pickupCode });
const guesses = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => proof(String((from + index) * 10_000_019 + 1_000_000_000).slice(0, 10)));

describe('wrong pickup codes', () => {
  it('rest the caller after ten, say until when, and let it try again after that', () => {
    const tries = new PickupTries(TERMINAL_TRIES);
    for (const guess of guesses(10)) {
      expect(tries.rest('kiosk-101', guess, NOON)).toBeNull();
      tries.note('kiosk-101', guess, false, NOON);
    }
    const until = NOON + 5 * MINUTE;
    expect(tries.rest('kiosk-101', proof('9999999999'), NOON)).toEqual({ code: 'pickup.too-many-tries', until });
    expect(tries.rest('counter-001', proof('9999999999'), NOON)).toBeNull();
    expect(tries.rest('kiosk-101', proof('9999999999'), until)).toBeNull();
  });

  it('rest all codes that begin alike when many callers guess at them together', () => {
    const tries = new PickupTries(TERMINAL_TRIES);
    for (let index = 0; index < 30; index += 1)
      tries.note(`caller-${index}`, proof(`1234${String(index).padStart(6, '0')}`), false, NOON);
    expect(tries.rest('caller-99', proof('1234999999'), NOON)).toMatchObject({ code: 'pickup.too-many-tries' });
    expect(tries.rest('caller-99', proof('1235999999'), NOON)).toBeNull();
  });

  it('never stop a caller with a code that it has shown to be right, nor do right codes buy more guesses', () => {
    const tries = new PickupTries(TERMINAL_TRIES);
    const right = proof('5555555555');
    for (const guess of guesses(10)) {
      tries.note('kiosk-101', right, true, NOON);
      tries.note('kiosk-101', guess, false, NOON);
    }
    expect(tries.rest('kiosk-101', right, NOON)).toBeNull();
    expect(tries.rest('kiosk-101', proof('6666666666'), NOON)).not.toBeNull();
  });

  it('leave documents alone', () => {
    const tries = new PickupTries(TERMINAL_TRIES);
    for (const guess of guesses(20)) tries.note('kiosk-101', guess, false, NOON);
    expect(tries.rest('kiosk-101', { idType: 'resident', idNo: '330106199003070010' }, NOON)).toBeNull();
  });
});
