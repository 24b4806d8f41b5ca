import { done, type Outcome, refuse } from '@lianpiao/shared/domain/outcome';
import { z } from 'zod';

/** A coach station as a public directory lists it. It has no code of ours yet: that is given out at enrolment. */
export type ListedStation = {
  /** GB/T 2260 code of the prefecture under which the directory lists it. */
  readonly regionCode: string;
  /** Town or district, as the directory names it. */
  readonly city: string;
  readonly name: string;
  /** Character by character and wrong for some names (乐清 as leqing): a proposal, never shown as fact. */
  readonly pinyin: string;
  readonly address: string;
  /** Number in the directory. */
  readonly directoryId: string;
};

/** An entry that stays out, with its place in the file: node and station count from 0; station is null for a whole node. */
export type StationSetAside = {
  readonly node: number;
  readonly station: number | null;
  readonly code:
    | 'station-list.node-broken'
    | 'station-list.region-invalid'
    | 'station-list.entry-broken'
    | 'station-list.listed-twice';
  readonly raw: string;
};

export type StationList = {
  readonly nodes: number;
  readonly stations: readonly ListedStation[];
  readonly setAside: readonly StationSetAside[];
};

export type StationListRefusal =
  | { readonly code: 'station-list.too-large'; readonly size: number; readonly max: number }
  | { readonly code: 'station-list.not-a-list' };

/** The list of a province is below 100 KB; of all China below 5 MB. */
const CHARACTERS_MAX = 16 * 2 ** 20;
const NODES_MAX = 5000;
const STATIONS_MAX = 50_000;
const RAW_MAX = 120;

const text = (max: number) => z.string().trim().max(max);
const node = z.looseObject({
  code: z.string(),
  name: text(40).min(1),
  station: z.array(z.unknown()).default([]),
});
const entry = z.looseObject({
  station_id: z.coerce.string().max(24),
  city_name: text(40).min(1),
  station_name: text(60).min(1),
  station_pinyin: text(120).default(''),
  station_addr: text(200).default(''),
});

/**
 * Reads a directory of stations: a JSON list of prefectures, each with its stations. What is broken stays out by its place
 * in the file; the rest is taken.
 */
export function readStationList(json: string): Outcome<StationList, StationListRefusal> {
  if (json.length > CHARACTERS_MAX) {
    return refuse({ code: 'station-list.too-large', size: json.length, max: CHARACTERS_MAX });
  }
  const nodes = jsonOf(json);
  if (!Array.isArray(nodes) || nodes.length > NODES_MAX) return refuse({ code: 'station-list.not-a-list' });

  const stations = new Map<string, ListedStation>();
  const setAside: StationSetAside[] = [];
  for (const [index, value] of nodes.entries()) {
    const read = node.safeParse(value);
    const aside = (station: number | null, code: StationSetAside['code'], raw: unknown) =>
      setAside.push({ node: index, station, code, raw: (JSON.stringify(raw) ?? '').slice(0, RAW_MAX) });
    if (!read.success) {
      aside(null, 'station-list.node-broken', value);
      continue;
    }
    const regionCode = read.data.code;
    if (!/^[1-8]\d{5}$/.test(regionCode)) {
      aside(null, 'station-list.region-invalid', regionCode);
      continue;
    }
    for (const [position, raw] of read.data.station.entries()) {
      const station = entry.safeParse(raw);
      if (!station.success) {
        aside(position, 'station-list.entry-broken', raw);
        continue;
      }
      const { station_id, city_name, station_name, station_pinyin, station_addr } = station.data;
      const key = `${regionCode} ${station_name}`;
      if (stations.has(key)) {
        aside(position, 'station-list.listed-twice', raw);
        continue;
      }
      stations.set(key, {
        regionCode,
        city: city_name,
        name: station_name,
        pinyin: station_pinyin.toLowerCase().replace(/[^a-z]/g, ''),
        address: station_addr,
        directoryId: station_id,
      });
      if (stations.size > STATIONS_MAX) {
        return refuse({ code: 'station-list.too-large', size: stations.size, max: STATIONS_MAX });
      }
    }
  }
  return done({ nodes: nodes.length, stations: [...stations.values()], setAside });
}

function jsonOf(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
