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
const UP = new RegExp(`^rt1/s/(${STATION})/up/${LEVEL}$`);
const DOWN = new RegExp(`^rt1/s/(${STATION})/dn/(\\+|${LEVEL})$`);

/** Identity of a certificate's common name: `hub` or `st-<station code>`. Any other certificate is nobody here. */
export function identityOf(commonName: string | undefined): Identity | undefined {
  if (commonName === 'hub') return { kind: 'hub' };
  const station = /^st-(\d{9})$/.exec(commonName ?? '')?.[1];
  return station === undefined ? undefined : { kind: 'station', station };
}

/**
 * The client id must start with the identity, so that nobody pushes another off the broker by taking its id. Sessions
 * are clean: the broker keeps no queue for anybody.
 */
export function mayConnect(who: Identity, { clientId, clean, will }: ConnectRequest): boolean {
  const prefix = who.kind === 'hub' ? 'hub-' : `ag-${who.station}-`;
  const named = clientId.startsWith(prefix) && /^[A-Za-z0-9-]{1,64}$/.test(clientId) && clientId.length > prefix.length;
  return named && clean && (will === undefined || mayPublish(who, will));
}

/** Only live states are retained. QoS 2 is not used; `$` topics match no rule. */
export function mayPublish(who: Identity, { topic, qos, retain }: Publication): boolean {
  if (qos > 1) return false;
  if (who.kind === 'hub') return topic === HUB_LIVE || (!retain && (topic === HINT || HUB_PUBLISHES.test(topic)));
  return topic === `rt1/s/${who.station}/live` || (!retain && UP.exec(topic)?.[1] === who.station);
}

/** A connection that serves one lane may ask for that lane alone instead of `dn/+`. */
export function maySubscribe(who: Identity, filter: string): boolean {
  if (who.kind === 'hub') return HUB_SUBSCRIBES.has(filter);
  return filter === HUB_LIVE || filter === HINT || DOWN.exec(filter)?.[1] === who.station;
}
