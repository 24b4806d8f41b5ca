import { coinStop, type StopDirectory, type StopPlace } from '../stop-directory.ts';
import type { Mapping } from './mapping.ts';
import type { RowReader } from './row-reader.ts';

/** Where a station stands: its own 9-digit code and the stops that it knows. */
export type StationPlace = { readonly station: string; readonly directory: StopDirectory };

/** The stop that a row means; a name that nobody knows is a flaw, unless the mapping makes a stop of it. */
export function readPlace(row: RowReader, text: string, mapping: Mapping, { directory }: StationPlace): StopPlace {
  const { by, unknown } = mapping.stops;
  const known = by === 'code' ? directory.byCode(text) : directory.byName(text);
  if (known) return { code: known.code, name: known.name, station: known.station };
  if (unknown === 'set-aside' && text !== '') row.reject('row.stop-unknown', 'stop', text);
  return coinStop(text, text);
}
