import { refusalAnswer } from '@lianpiao/shared/http/problem';
import type { Context } from 'hono';
import type { ChannelCallers } from '../channels/channel-callers.ts';
import type { Hub } from '../hub.ts';
import type { TripSearch } from '../inventory/trip-search.ts';

const FORM = /^[A-Za-z0-9-]{1,24}$/;
const DATE = /^\d{8}$/;
const JSON_TYPE = { 'content-type': 'application/json' };

/**
 * `GET /channel/v1/trips`, the one call that is asked for all day long: answered from memory as text, by hand and outside
 * the other routes, so that it costs little more than HTTP itself. Its schemas stand in the OpenAPI document beside the others.
 */
export function searchRoute(hub: Pick<Hub, 'clock'>, search: TripSearch, callers: ChannelCallers) {
  return async (c: Context): Promise<Response> => {
    const judged = callers.admit(c.req.header('authorization'), performance.now());
    const verdict = judged instanceof Promise ? await judged : judged;
    if (!verdict.ok) return refusalAnswer(c, verdict.refusal);
    const { from = '', to = '', date = '' } = c.req.query();
    if (!FORM.test(from) || !FORM.test(to) || !DATE.test(date)) return refusalAnswer(c, { code: 'body.malformed' });
    const query = { from, to, date };
    const now = hub.clock.now();
    return c.body(search.kept(query, now) ?? (await search.search(query, now)), 200, JSON_TYPE);
  };
}
