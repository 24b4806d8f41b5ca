import type { Problem } from '@lianpiao/shared/protocol/ticketing';
import type {
  Board,
  Page,
  ParkedRow,
  Session,
  StationToken,
  TripDetail,
  TripRow,
} from '../../src/api/console/bodies.ts';
import type {
  AlarmRow,
  OrderDetail,
  OrderRow,
  PeriodRow,
  StatementRow,
  TrialBalanceView,
} from '../../src/api/console/sales-bodies.ts';

/** What the hub answered, or why there is no answer. `status` 0: the hub was not reached, and whether it acted is not known. */
export type Answer<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: Problem };

/** A person has left or asks again by then. */
const ANSWER_MS = 10_000;
const ROOT = '/console/v1';

type Query = Readonly<Record<string, string | number | undefined>>;
type Options = { readonly body?: unknown; readonly key?: string; readonly quiet?: boolean };

/** The only place of the console that talks to the network. `language` is asked at each call. */
export function makeApi(language: () => string, signedOut: () => void) {
  async function call<Value>(method: string, path: string, options: Options = {}): Promise<Answer<Value>> {
    const headers: Record<string, string> = { accept: 'application/json', 'accept-language': language() };
    if (options.body !== undefined) headers['content-type'] = 'application/json';
    if (options.key !== undefined) headers['idempotency-key'] = options.key;
    let response: Response;
    try {
      response = await fetch(`${ROOT}${path}`, {
        method,
        headers,
        credentials: 'same-origin',
        signal: AbortSignal.timeout(ANSWER_MS),
        ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      });
    } catch (cause) {
      const slow = cause instanceof DOMException && cause.name === 'TimeoutError';
      return notReached(slow ? 'hub.slow' : 'hub.offline');
    }
    if (response.status === 401 && !options.quiet) signedOut();
    return read<Value>(response);
  }
  const get = <Value>(path: string, query: Query = {}) => call<Value>('GET', `${path}${queryText(query)}`);

  return {
    session: () => call<Session>('GET', '/session', { quiet: true }),
    signIn: (user: string, password: string) =>
      call<Session>('POST', '/session', { body: { user, password }, quiet: true }),
    signOut: () => call<null>('DELETE', '/session', { quiet: true }),

    stations: () => get<Board>('/stations'),
    addStation: (wish: { code: string; name: string; grade: number }) =>
      call<StationToken>('POST', '/stations', { body: wish }),
    parked: (query: Query) => get<Page<ParkedRow>>('/parked', query),
    replay: (station: string, agg: string) => call<unknown>('POST', '/parked/replay', { body: { station, agg } }),
    trips: (query: Query) => get<Page<TripRow>>('/trips', query),
    trip: (tripId: string) => get<TripDetail>(`/trips/${encodeURIComponent(tripId)}`),
    orders: (query: Query) => get<Page<OrderRow>>('/orders', query),
    order: (orderId: string) => get<OrderDetail>(`/orders/${encodeURIComponent(orderId)}`),
    periods: (query: Query) => get<Page<PeriodRow>>('/periods', query),
    closePeriod: (periodId: string, leaveBehind: boolean, key: string) =>
      call<{ nextPeriodId: string }>('POST', '/periods/close', { body: { periodId, leaveBehind }, key }),
    releasePeriod: (periodId: string, step: 'submit' | 'approve' | 'send', key: string) =>
      call<{ state: string }>('POST', `/periods/${encodeURIComponent(periodId)}/release`, { body: { step }, key }),
    statements: (query: Query) => get<Page<StatementRow>>('/statements', query),
    trialBalance: () => get<TrialBalanceView>('/trial-balance'),
    alarms: (query: Query) => get<Page<AlarmRow>>('/alarms', query),
    closeAlarm: (id: number) => call<unknown>('POST', `/alarms/${id}/close`, { body: {} }),
  };
}
export type Api = ReturnType<typeof makeApi>;

function queryText(query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text === '' ? '' : `?${text}`;
}

async function read<Value>(response: Response): Promise<Answer<Value>> {
  const text = await response.text().catch(() => '');
  let body: unknown = null;
  try {
    body = text === '' ? null : JSON.parse(text);
  } catch {
    return notReached('hub.unreadable');
  }
  if (response.ok) return { ok: true, value: body as Value };
  const problem = body as Partial<Problem> | null;
  if (problem === null || typeof problem.code !== 'string') return notReached('hub.unreadable');
  return {
    ok: false,
    problem: { type: 'about:blank', title: '', ...problem, code: problem.code, status: response.status },
  };
}

function notReached(code: string): Answer<never> {
  return { ok: false, problem: { type: 'about:blank', title: '', status: 0, code } };
}
