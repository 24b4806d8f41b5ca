import { invariant } from '../domain/invariant.ts';
import { TOPIC_ROOT } from './versions.ts';

/**
 * Topics of the station link (station-link: topics). `S` is a station's 9-digit code.
 *
 *   rt1/s/S/up/<channel>   station to hub        rt1/s/S/live   retained, also the station's will
 *   rt1/s/S/dn/<channel>   hub to station        rt1/hub/live   retained, also the hub's will
 *                                                rt1/all/hint   "data set X is at version N"
 *
 * Levels are `[a-z0-9-]`, so that every broker takes them.
 */
export const UP_CHANNELS = ['hello', 'req', 'seat', 'ev', 'ack', 'ref', 'tel'] as const;
export const DOWN_CHANNELS = ['welcome', 'req', 'seat', 'ev', 'ack', 'ref'] as const;
export type UpChannel = (typeof UP_CHANNELS)[number];
export type DownChannel = (typeof DOWN_CHANNELS)[number];

export type Topic =
  | { readonly kind: 'up'; readonly station: string; readonly channel: UpChannel }
  | { readonly kind: 'down'; readonly station: string; readonly channel: DownChannel }
  | { readonly kind: 'station-live'; readonly station: string }
  | { readonly kind: 'hub-live' }
  | { readonly kind: 'hint' };

export const HUB_LIVE = `${TOPIC_ROOT}/hub/live`;
export const HINT = `${TOPIC_ROOT}/all/hint`;

/** What has a connection of its own at the station, so that it never stands before what somebody waits for. */
const BULK: ReadonlySet<UpChannel | DownChannel> = new Set(['ref', 'tel']);

export function isBulk(channel: UpChannel | DownChannel): boolean {
  return BULK.has(channel);
}

/** What the hub subscribes to. */
export const HUB_FILTERS = [`${TOPIC_ROOT}/s/+/up/+`, `${TOPIC_ROOT}/s/+/live`, HUB_LIVE] as const;

const STATION_FORM = /^\d{9}$/;

export function isStationCode(text: string): boolean {
  return STATION_FORM.test(text);
}

export function upTopic(station: string, channel: UpChannel): string {
  return `${stationRoot(station)}/up/${channel}`;
}

export function downTopic(station: string, channel: DownChannel): string {
  return `${stationRoot(station)}/dn/${channel}`;
}

export function liveTopic(station: string): string {
  return `${stationRoot(station)}/live`;
}

/** What an agent's control connection subscribes to, and its bulk connection: by name, for filters must not overlap. */
export function controlFilters(station: string): readonly string[] {
  const channels = DOWN_CHANNELS.filter((channel) => !isBulk(channel));
  return [...channels.map((channel) => downTopic(station, channel)), HUB_LIVE, HINT];
}

export function bulkFilters(station: string): readonly string[] {
  return DOWN_CHANNELS.filter(isBulk).map((channel) => downTopic(station, channel));
}

/** Reads a topic of this version's root; anything else is undefined. */
export function parseTopic(text: string): Topic | undefined {
  if (text === HUB_LIVE) return { kind: 'hub-live' };
  if (text === HINT) return { kind: 'hint' };
  const [root, s, station = '', direction, channel, ...rest] = text.split('/');
  if (root !== TOPIC_ROOT || s !== 's' || !isStationCode(station) || rest.length > 0) return undefined;
  if (direction === 'live' && channel === undefined) return { kind: 'station-live', station };
  if (direction === 'up') {
    const up = UP_CHANNELS.find((one) => one === channel);
    return up && { kind: 'up', station, channel: up };
  }
  if (direction === 'dn') {
    const down = DOWN_CHANNELS.find((one) => one === channel);
    return down && { kind: 'down', station, channel: down };
  }
  return undefined;
}

function stationRoot(station: string): string {
  invariant(isStationCode(station), 'a station code has 9 digits', { station });
  return `${TOPIC_ROOT}/s/${station}`;
}
