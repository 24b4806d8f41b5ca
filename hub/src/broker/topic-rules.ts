/**
 * Who may connect, publish and subscribe to what (station-link: topics, security). Pure; the identity is the common name
 * of the client's certificate, never something the client says.
 */
export type Identity = { readonly kind: 'hub' } | { readonly kind: 'station'; readonly station: string };

/** The parts of a CONNECT that the rules look at. */
export type ConnectRequest = {
  readonly clientId: string;
  readonly clean: boolean;
  readonly will?: Publication | undefined;
};
export type Publication = { readonly topic: string; readonly qos: number; readonly retain: boolean };

const LEVEL = '[a-z0-9-]{1,32}';
const STATION = '\\d{9}';
const HUB_LIVE = 'rt1/hub/live';
const HINT = 'rt1/all/hint';
const HUB_PUBLISHES = new RegExp(`^rt1/s/${STATION}/dn/${LEVEL}$`);
const HUB_SUBSCRIBES: ReadonlySet<string> = new Set(['rt1/s/+/up/+', 'rt1/s/+/live', HUB_LIVE, HINT]);
const UP = new RegExp(`^rt1/s/(${STATION})/up/(${LEVEL})$`);
const DOWN = new RegExp(`^rt1/s/(${STATION})/dn/(\\+|${LEVEL})$`);
/** The channels of an agent's second connection, both ways. It has no life sign, and its end is not the station's. */
const BULK: ReadonlySet<string> = new Set(['ref', 'tel']);

/** Which of a client's connections it is; the hub's are all alike. */
type Role = 'control' | 'bulk';

/** Identity of a certificate's common name: `hub` or `st-<station code>`. Any other certificate is nobody here. */
export function identityOf(commonName: string | undefined): Identity | undefined {
  if (commonName === 'hub') return { kind: 'hub' };
  const station = /^st-(\d{9})$/.exec(commonName ?? '')?.[1];
  return station === undefined ? undefined : { kind: 'station', station };
}

/**
 * The client id is made of the identity, so that nobody pushes another off the broker by taking its id. An agent has two in
 * each of its lives, `ag-S-<boot>-c` for control and `ag-S-<boot>-b` for bulk, and no other form. Sessions are clean: the
 * broker keeps no queue for anybody.
 */
export function mayConnect(who: Identity, { clientId, clean, will }: ConnectRequest): boolean {
  const named =
    who.kind === 'hub'
      ? /^hub-[A-Za-z0-9-]{1,60}$/.test(clientId)
      : /^ag-(\d{9})-[a-z0-9]{1,32}-[cb]$/.exec(clientId)?.[1] === who.station;
  return named && clean && (will === undefined || mayPublish(who, clientId, will));
}

/** Only live states are retained. QoS 2 is not used; `$` topics match no rule. */
export function mayPublish(who: Identity, clientId: string, { topic, qos, retain }: Publication): boolean {
  if (qos > 1) return false;
  if (who.kind === 'hub') return topic === HUB_LIVE || (!retain && (topic === HINT || HUB_PUBLISHES.test(topic)));
  const role = roleOf(clientId);
  if (topic === `rt1/s/${who.station}/live`) return role === 'control';
  const [, station, channel = ''] = UP.exec(topic) ?? [];
  return !retain && station === who.station && BULK.has(channel) === (role === 'bulk');
}

/** An agent of minor 1 has one connection, and asks for `dn/+` on it. */
export function maySubscribe(who: Identity, clientId: string, filter: string): boolean {
  if (who.kind === 'hub') return HUB_SUBSCRIBES.has(filter);
  const role = roleOf(clientId);
  if (filter === HUB_LIVE || filter === HINT) return role === 'control';
  const [, station, channel = ''] = DOWN.exec(filter) ?? [];
  return station === who.station && BULK.has(channel) === (role === 'bulk');
}

function roleOf(clientId: string): Role {
  return clientId.endsWith('-b') ? 'bulk' : 'control';
}
