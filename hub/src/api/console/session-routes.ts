import type { OpenAPIHono } from '@hono/zod-openapi';
import { done } from '@lianpiao/shared/domain/outcome';
import { addressOf } from '@lianpiao/shared/http/caller-address';
import { type ApiEnv, mount } from '@lianpiao/shared/http/openapi-app';
import { SignInLimits } from '@lianpiao/shared/people/sign-in-limits';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { PERMISSIONS, permissionsOf, whoMay } from '../../people/roles.ts';
import { signInAtConsole, signOutOfConsole } from '../../people/sign-in.ts';
import { credentials, type Session, session } from './bodies.ts';
import { CONSOLE_ZONE, type Console } from './console.ts';
import { operatorIn, SESSION_COOKIE } from './session.ts';

/** Signing in, before anybody is known. */
export function signInRoutes(app: OpenAPIHono<ApiEnv>, { hub }: Console): void {
  const limits = new SignInLimits();
  const route = {
    method: 'post',
    path: '/session',
    summary: '登录 sign in',
    body: credentials,
    answer: session,
  } as const;
  mount(app, route, async ({ c, body }) => {
    const now = hub.clock.now();
    const signed = await signInAtConsole(hub.store, limits, { ...body, address: addressOf(c) }, now);
    if (!signed.ok) return signed;
    const { token, user, name, role } = signed.value;
    setCookie(c, SESSION_COOKIE, token, { httpOnly: true, sameSite: 'Strict', path: '/' });
    return done(sessionOf({ user, name, role, may: permissionsOf(role) }, now));
  });
}

/** Who is signed in, and signing out. */
export function sessionRoutes(app: OpenAPIHono<ApiEnv>, { hub }: Console): void {
  mount(
    app,
    { method: 'get', path: '/session', summary: '当前会话 who is signed in', answer: session },
    async ({ c }) => done(sessionOf(operatorIn(c), hub.clock.now())),
  );
  app.delete('/session', async (c) => {
    const token = getCookie(c, SESSION_COOKIE);
    if (token) await signOutOfConsole(hub.store, token);
    deleteCookie(c, SESSION_COOKIE, { path: '/' });
    return c.body(null, 204);
  });
}

function sessionOf(
  { user, name, role, may }: Pick<Session, 'user' | 'name' | 'role'> & { readonly may: readonly string[] },
  now: number,
): Session {
  const who = Object.fromEntries(PERMISSIONS.map((permission) => [permission, [...whoMay(permission)]]));
  return { user, name, role, may: [...may], who, zone: CONSOLE_ZONE, now };
}
