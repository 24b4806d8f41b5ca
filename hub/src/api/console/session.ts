import { done, type Outcome, refuse } from '@lianpiao/shared/domain/outcome';
import { refusalAnswer } from '@lianpiao/shared/http/problem';
import type { Context, Next } from 'hono';
import { getCookie } from 'hono/cookie';
import { type Operator, operatorCaller, operatorOf } from '../../people/operator.ts';
import { type Permission, whoMay } from '../../people/roles.ts';
import type { Console } from './console.ts';

export const SESSION_COOKIE = 'lianpiao-console';

/** Lets through who is signed in, and notes who it is. */
export function signedIn({ hub }: Console) {
  return async (c: Context, next: Next) => {
    const token = getCookie(c, SESSION_COOKIE);
    const operator = token && (await operatorOf(hub.store, token, hub.clock.now()));
    if (!operator) return refusalAnswer(c, { code: 'auth.needed' });
    c.set('operator', operator);
    c.set('caller', operatorCaller(operator.user));
    // Rows of orders and money: nothing of it stays in a cache on the way or on a shared computer.
    c.header('cache-control', 'no-store');
    return next();
  };
}

/** Who asks: set by `signedIn`. */
export function operatorIn(c: Context): Operator {
  return c.get('operator') as Operator;
}

/** The person who asks may do this, or the refusal that says which roles may. */
export function permitted(
  c: Context,
  permission: Permission,
): Outcome<Operator, { readonly code: 'auth.not-permitted'; readonly permission: string; readonly roles: string }> {
  const operator = operatorIn(c);
  if (operator.may.includes(permission)) return done(operator);
  return refuse({ code: 'auth.not-permitted', permission, roles: whoMay(permission).join(' ') });
}
