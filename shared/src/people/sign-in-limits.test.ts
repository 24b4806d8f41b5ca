import { describe, expect, it } from 'vitest';
import { NOON } from '../testing/builders.ts';
import { SignInLimits, slowedUntil } from './sign-in-limits.ts';

const MINUTE = 60_000;

describe('wrong passwords', () => {
  it('rest the account at the address they came from, and at no other', () => {
    const limits = new SignInLimits();
    for (let times = 1; times <= 5; times += 1) expect(limits.tried('li', '10.0.0.66', NOON)).toBe(times === 5);
    expect(limits.rest('li', '10.0.0.66', null, NOON)).toEqual({ code: 'auth.locked', until: NOON + 5 * MINUTE });
    expect(limits.rest('li', '10.0.0.1', null, NOON)).toBeNull();
    expect(limits.rest('wang', '10.0.0.66', null, NOON)).toBeNull();
    expect(limits.rest('li', '10.0.0.66', null, NOON + 5 * MINUTE)).toBeNull();
  });

  it('from many addresses slow strange ones down, and never the window where the clerk has signed in', () => {
    const limits = new SignInLimits();
    limits.tried('li', '10.0.0.1', NOON);
    limits.right('li', '10.0.0.1');
    expect(slowedUntil(29, NOON)).toBeNull();
    const slowed = slowedUntil(30, NOON);
    expect(limits.rest('li', '10.0.0.77', slowed, NOON)).toEqual({ code: 'auth.slowed', until: NOON + MINUTE });
    expect(limits.rest('li', '10.0.0.1', slowed, NOON)).toBeNull();
    expect(limits.rest('li', '10.0.0.77', slowed, NOON + MINUTE)).toBeNull();
  });
});
