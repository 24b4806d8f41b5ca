import { createHash } from 'node:crypto';
import { Fault } from '@lianpiao/shared/fault';
import { z } from 'zod';

const stopEntry = z.strictObject({
  code: z.string().regex(/^[A-Za-z0-9-]{1,24}$/),
  name: z.string().min(1).max(40),
  /** Pinyin without tones, in lower case: data, because 乐清 is yueqing and no program knows it for sure. */
  pinyin: z.string().regex(/^[a-z]{1,80}$/),
  /** First letters, where they do not follow from one syllable a character. */
  initials: z.string().regex(/^[a-z0-9]{1,24}$/),
  region: z.string().regex(/^\d{6}$/),
  /** 9-digit code where the stop is a station of the network. */
  station: z
    .string()
    .regex(/^\d{9}$/)
    .nullable(),
  /** Other names by which legacy systems know the stop. */
  aliases: z.array(z.string().min(1).max(40)).max(20).default([]),
});

const stopFile = z.strictObject({ note: z.string().optional(), stops: z.array(stopEntry).max(20_000) });

export type StopEntry = z.infer<typeof stopEntry>;

/** A stop as a trip needs it. */
export type StopPlace = Pick<StopEntry, 'code' | 'name' | 'station'>;

/** The stops that this station knows: by code, by name and by the other names that legacy systems use. */
export class StopDirectory {
  readonly entries: readonly StopEntry[];
  readonly #byCode: ReadonlyMap<string, StopEntry>;
  readonly #byName: ReadonlyMap<string, StopEntry>;

  constructor(entries: readonly StopEntry[]) {
    this.entries = entries;
    this.#byCode = new Map(entries.map((entry) => [entry.code, entry]));
    const names = entries.flatMap((entry) => [...entry.aliases, entry.name].map((name) => [name, entry] as const));
    // Own names come last, so that a name wins over another stop's alias.
    this.#byName = new Map(names.sort(([a, x], [b, y]) => Number(a === x.name) - Number(b === y.name)));
  }

  byCode(code: string): StopEntry | undefined {
    return this.#byCode.get(code);
  }

  byName(name: string): StopEntry | undefined {
    return this.#byName.get(name);
  }

  /** The stop at which coaches of the station with that 9-digit code start. */
  ofStation(station: string): StopEntry | undefined {
    return this.entries.find((entry) => entry.station === station);
  }
}

/** Reads station data (`stops.json`). Throws `legacy.stops-invalid`: without it nothing can be mapped. */
export function readStops(text: string): StopDirectory {
  const parsed = stopFile.safeParse(jsonOf(text));
  if (parsed.success && new Set(parsed.data.stops.map((stop) => stop.code)).size === parsed.data.stops.length) {
    return new StopDirectory(parsed.data.stops);
  }
  const problem = parsed.success ? 'a stop code occurs twice' : z.prettifyError(parsed.error);
  throw new Fault('legacy.stops-invalid', 'the stop list cannot be used', {
    hint: '站点表有误：按提示改正 stops.json 后重新启动',
    retryable: false,
    facts: { problem: problem.slice(0, 500) },
  });
}

/** A stop that only its name (or feed id) identifies: the same text gives the same code on every machine. */
export function coinStop(key: string, name: string): StopPlace {
  const code = `X${createHash('sha256').update(key).digest('hex').slice(0, 15).toUpperCase()}`;
  return { code, name, station: null };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
