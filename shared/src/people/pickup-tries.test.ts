import { describe, expect, it } from 'vitest';
import { done, refuse } from '../domain/outcome.ts';
import { NOON } from '../testing/builders.ts';
import { PickupTries, TERMINAL_TRIES } from './pickup-tries.ts';

const MINUTE = 60_000;
const RIGHT = '5555555555';
/** What one caller's tries come to: `yes`, or the code of the no. */
function guessing(tries = new PickupTries(TERMINAL_TRIES)) {
  const clock = { at: NOON, now: () => clock.at };
  const guess = async (caller: string, pickupCode: string, wrong = 'pickup.unknown') => {
    const find = async () => (pickupCode === RIGHT ? done(['a ticket']) : refuse({ code: wrong }));
    const found = await tries.look<string[]>(caller, { pickupCode }, clock, find);
    return found.ok ? 'yes' : found.refusal.code;
  };
  return { tries, clock, guess };
}
/** Codes of which no two begin alike. */
const codes = (count: number) => Array.from({ length: count }, (_, index) => `${1000 + index}000000`);
const times = (count: number, what: string) => Array.from({ length: count }, () => what);

describe('wrong pickup codes', () => {
  it('rest the caller after ten, and let it try again after five minutes', async () => {
    const { guess, clock } = guessing();
    for (const code of codes(10)) expect(await guess('kiosk-101', code)).toBe('pickup.unknown');
    expect(await guess('kiosk-101', RIGHT)).toBe('pickup.too-many-tries');
    expect(await guess('counter-001', RIGHT)).toBe('yes');
    clock.at += 5 * MINUTE;
    expect(await guess('kiosk-101', RIGHT)).toBe('yes');
  });

  it('are counted when they are all sent at once', async () => {
    const { guess } = guessing();
    const answers = await Promise.all(codes(50).map((code) => guess('kiosk-101', code)));
    expect(answers).toEqual([...times(10, 'pickup.unknown'), ...times(40, 'pickup.too-many-tries')]);
  });

  it('rest all codes that begin alike when many callers guess at them together', async () => {
    const { guess } = guessing();
    for (let index = 0; index < 30; index += 1) await guess(`caller-${index}`, `1234${100_000 + index}`);
    expect(await guess('caller-99', '1234999999')).toBe('pickup.too-many-tries');
    expect(await guess('caller-99', '1235999999')).toBe('pickup.unknown');
  });

  it('never stop a caller with a code that it has shown to be right, nor do right codes buy more guesses', async () => {
    const { guess } = guessing();
    for (const code of codes(10)) {
      expect(await guess('kiosk-101', RIGHT)).toBe('yes');
      await guess('kiosk-101', code);
    }
    expect(await guess('kiosk-101', RIGHT)).toBe('yes');
    expect(await guess('kiosk-101', '6666666666')).toBe('pickup.too-many-tries');
  });

  it('are not those that nobody could look at, for the line is down', async () => {
    const { guess } = guessing();
    const answers = [];
    for (const code of codes(20)) answers.push(await guess('kiosk-101', code, 'link.offline'));
    expect(answers).toEqual(times(20, 'link.offline'));
  });

  it('leave documents alone', async () => {
    const { tries, guess, clock } = guessing();
    for (const code of codes(20)) await guess('kiosk-101', code);
    // A synthetic resident number.
    const proof = { idType: 'resident', idNo: '330106199003070010' } as const;
    expect(await tries.look('kiosk-101', proof, clock, async () => done([]))).toEqual(done([]));
  });
});
