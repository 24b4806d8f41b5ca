import type { IncomingMessage, ServerResponse } from 'node:http';
import { refusalAnswer } from '@lianpiao/shared/http/problem';
import type { Context } from 'hono';
import type { ChannelCallers } from '../channels/channel-callers.ts';
import type { Hub } from '../hub.ts';
import type { TripSearch } from '../inventory/trip-search.ts';

const PATH = '/channel/v1/trips';
const FORM = /^[A-Za-z0-9-]{1,24}$/;
const DATE = /^\d{8}$/;
const JSON_TYPE = { 'content-type': 'application/json' };

type Searching = {
  readonly hub: Pick<Hub, 'clock'>;
  readonly search: TripSearch;
  readonly callers: ChannelCallers;
};

/** `GET /channel/v1/trips`. Its schemas stand in the OpenAPI document beside the others. */
export function searchRoute({ hub, search, callers }: Searching) {
  return async (c: Context): Promise<Response> => {
    const verdict = await callers.admit(c.req.header('authorization'), performance.now());
    if (!verdict.ok) return refusalAnswer(c, verdict.refusal);
    const { from = '', to = '', date = '' } = c.req.query();
    if (!isGood(from, to, date)) return refusalAnswer(c, { code: 'body.malformed' });
    const offers = await search.search({ from, to, date }, hub.clock.now());
    return c.body(Buffer.from(offers, 'latin1'), 200, JSON_TYPE);
  };
}

/**
 * The same before all routes, for the one call that is asked for all day long: answers a good question of a known caller at
 * less than the price of a route. False, or a failure, leaves the request to the routes, which say what is wrong.
 */
export function searchFirst({ hub, search, callers }: Searching) {
  return ({ method, url = '', headers }: IncomingMessage, answer: ServerResponse): boolean | Promise<boolean> => {
    if (method !== 'GET' || !url.startsWith(`${PATH}?`)) return false;
    const query = new URLSearchParams(url.slice(PATH.length));
    const [from, to, date] = [query.get('from') ?? '', query.get('to') ?? '', query.get('date') ?? ''];
    if (!isGood(from, to, date) || !callers.admits(headers.authorization, performance.now())) return false;
    const write = (offers: string) => {
      answer.writeHead(200, { ...JSON_TYPE, 'content-length': offers.length });
      answer.end(offers, 'latin1');
      return true;
    };
    const offers = search.search({ from, to, date }, hub.clock.now());
    return typeof offers === 'string' ? write(offers) : offers.then(write);
  };
}

function isGood(from: string, to: string, date: string): boolean {
  return FORM.test(from) && FORM.test(to) && DATE.test(date);
}
