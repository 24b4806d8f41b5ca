import { sm3Hex } from '@lianpiao/shared/crypto/sm3';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { Caller } from '@lianpiao/shared/store/call';
import { and, eq, gt } from 'drizzle-orm';
import type { Context } from 'hono';
import { getCookie } from 'hono/cookie';
import type { Agent } from '../agent.ts';
import type { AgentStore } from '../store/open-agent-store.ts';

/** Named after the station: browsers keep no cookies apart by port, and two stations may be served by one host. */
export const sessionCookie = ({ code }: Agent['station']): string => `lianpiao-counter-${code}`;

/** A clerk at a counter, by the session cookie; undefined when there is none or it has ended. */
export async function clerkOf(
  { store, station }: Pick<Agent, 'store' | 'station'>,
  c: Context,
  now: EpochMs,
): Promise<Caller | undefined> {
  const token = getCookie(c, sessionCookie(station));
  if (!token) return undefined;
  const { db, t } = store.read;
  const [session] = await db
    .select()
    .from(t.sessions)
    .where(and(eq(t.sessions.tokenHash, sm3Hex(token)), gt(t.sessions.expiresAt, now)));
  return (
    session && {
      id: `counter-${session.counter}`,
      channel: 'counter',
      terminal: session.counter,
      clerk: session.user,
      shiftId: session.shiftId,
    }
  );
}

/** A machine or a legacy system, by its bearer token. Kinds are separate: a kiosk's token opens no adapter call. */
export async function machineOf(store: AgentStore, c: Context, kind: 'adapter' | 'kiosk'): Promise<Caller | undefined> {
  const token = /^Bearer ([\w-]{16,128})$/.exec(c.req.header('authorization') ?? '')?.[1];
  if (!token) return undefined;
  const { db, t } = store.read;
  const [caller] = await db
    .select()
    .from(t.callers)
    .where(and(eq(t.callers.tokenHash, sm3Hex(token)), eq(t.callers.kind, kind)));
  if (!caller) return undefined;
  const shiftId = `${kind}-${caller.id}`;
  return {
    id: caller.id,
    channel: kind === 'kiosk' ? 'kiosk' : 'counter',
    terminal: caller.terminal,
    clerk: null,
    shiftId,
  };
}
