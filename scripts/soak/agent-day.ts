import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addDays, type ServiceDate, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import { tripIdOf } from '@lianpiao/shared/domain/trip';
import { Answered, HttpClient, until } from '../demo/http-client.ts';
import { chooseAnyPorts } from '../province/ports.ts';
import { Province, STATIONS } from '../province/province.ts';
import { measureChildren, type SoakResult, watchMemory } from './memory.ts';
import { soakPassenger } from './people.ts';

/** Resident memory of an agent after a day of 30,000 tickets. In MiB. */
const RSS_MB_MAX = 180;
/** Copies of the example timetable: so many trips have seats for a day of 30,000 tickets. */
const TIMETABLES = 5;
const PARTY = 5;
/** Hold, sale, and what else a counter asks for between two of them. */
const SELLERS = 3;
/** After a refusal that is not about the trip. */
const REFUSED_MS = 200;

/** A station of a real province sells a day's tickets over HTTP, as its counters and legacy software do. */
export async function agentDay(folder: string, tickets: number, minutes: number): Promise<SoakResult> {
  measureChildren(folder);
  const rides = manyTrips(folder);
  const onLost = (name: string, tail: string) => {
    throw new Error(`${name} ended\n${tail}`);
  };
  const province = await Province.open({ folder, ports: await chooseAnyPorts(), onLost, say: console.log });
  try {
    const { adapter } = province.credentials('hangzhou');
    const authorization = `Bearer ${adapter.token}`;
    const client = new HttpClient(`${province.agentUrl('hangzhou')}/adapter/v1`, { authorization });
    let sold = 0;
    let asked = 0;
    const startedAt = performance.now();
    const seller = async () => {
      while (sold < tickets && rides.length > 0) {
        const dueAt = startedAt + (sold / tickets) * minutes * 60_000;
        await new Promise((next) => setTimeout(next, Math.max(0, dueAt - performance.now())));
        const first = asked;
        asked += PARTY;
        sold += await sellParty(client, rides, first);
        await client.get('/trips/departures').catch(() => undefined);
      }
    };
    await until(
      'trips',
      () => client.get(`/trips/${rides[0]!.tripId}/seats?from=0&to=1`),
      () => true,
      60_000,
    );
    const done = Promise.all(Array.from({ length: SELLERS }, seller));
    const { pid } = province.children.get('hangzhou')!;
    const load = { pid, rssMbMax: RSS_MB_MAX, minutes, wanted: tickets, tickets: () => sold, done };
    return await watchMemory({ name: 'agent', ...load });
  } finally {
    await province.close();
  }
}

type Ride = { readonly tripId: string; readonly from: number; readonly to: number };

/** Tickets that were sold. A trip that has no more seats for the party is left. */
async function sellParty(client: HttpClient, rides: Ride[], first: number): Promise<number> {
  const ride = rides[0];
  if (!ride) return 0;
  const passengers = Array.from({ length: PARTY }, (_, index) => ({
    ...soakPassenger(first + index),
    fareType: 'full',
  }));
  try {
    const { holdId } = await client.post<{ holdId: string }>('/holds', { ...ride, count: PARTY });
    await client.post('/sales', { holdId, passengers, payMethod: 'cash', print: false });
    return PARTY;
  } catch (cause) {
    // A machine that is busy otherwise: the party goes away, and its hold ends by itself.
    if (cause instanceof DOMException && cause.name === 'TimeoutError') return 0;
    if (!(cause instanceof Answered)) throw cause;
    // Otherwise the station sells nothing yet, or nothing for a moment.
    if (!/^(seat|trip)\./.test(cause.problem.code)) await new Promise((next) => setTimeout(next, REFUSED_MS));
    else if (rides[0] === ride) rides.shift();
    return 0;
  }
}

/** Lays the station's folder out with many copies of its timetable, and returns their rides of tomorrow and later. */
function manyTrips(folder: string): Ride[] {
  const own = join(folder, 'hangzhou');
  const fixtures = join(import.meta.dirname, '..', '..', 'agent', 'fixtures');
  mkdirSync(own, { recursive: true });
  cpSync(join(fixtures, 'hangzhou'), own, { recursive: true });
  cpSync(join(fixtures, 'stops.json'), join(own, 'stops.json'));
  const file = join(own, 'drop', 'timetable.csv');
  // GB18030 bytes, one character each: only the trip number in front of a line is changed.
  const [head, ...lines] = readFileSync(file, 'latin1').trimEnd().split('\n');
  const rows = lines.filter((line) => /^[A-Z]\d+,/.test(line));
  const copies = Array.from({ length: TIMETABLES }, (_, copy) =>
    rows.map((line) => String.fromCharCode(65 + copy) + line),
  );
  writeFileSync(file, `${[head, ...copies.flat()].join('\n')}\n`, 'latin1');
  const last = new Map(copies.flat().map((line) => [line.split(',')[0]!, Number(line.split(',')[5]) - 1]));
  const { code } = STATIONS[0];
  const today = serviceDateOf(Date.now(), 'Asia/Shanghai');
  return [1, 2, 3, 4, 5].flatMap((day) =>
    [...last].map(([tripNo, to]) => ({
      tripId: tripIdOf(code, addDays(today, day) as ServiceDate, tripNo),
      from: 0,
      to,
    })),
  );
}
