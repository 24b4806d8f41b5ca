import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addDays, instantOf, type ServiceDate, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import type { Offer, Sold } from '@lianpiao/shared/protocol/ticketing';
import { aPassenger } from '@lianpiao/shared/testing/builders';
import { chooseAnyPorts } from '../province/ports.ts';
import { Province, type StationId } from '../province/province.ts';
import { HttpClient, must, until } from './http-client.ts';

const ZONE = 'Asia/Shanghai';

/** A running province on a settable clock, with somebody at every counter. */
export class World {
  readonly province: Province;
  readonly today: ServiceDate;
  readonly counters: Readonly<Record<StationId, HttpClient>>;
  readonly channel: HttpClient;
  readonly console: HttpClient;
  readonly desk: HttpClient;
  readonly kiosk: HttpClient;
  /** Cash that went through our hands at each counter, as somebody who counts it would know. */
  readonly drawers: Record<StationId, number> = { hangzhou: 0, shaoxing: 0, jiaxing: 0 };
  readonly #clockFile: string;
  #offsetMs: number;

  private constructor(
    province: Province,
    clockFile: string,
    offsetMs: number,
    today: ServiceDate,
    counters: Record<StationId, HttpClient>,
  ) {
    this.province = province;
    this.#clockFile = clockFile;
    this.#offsetMs = offsetMs;
    this.today = today;
    this.counters = counters;
    const { channel } = province.hubCredentials();
    this.channel = new HttpClient(`${province.hubUrl}/channel/v1`, { authorization: `Bearer ${channel.token}` });
    this.console = new HttpClient(`${province.hubUrl}/console/v1`);
    this.desk = new HttpClient(province.desk.url);
    this.kiosk = new HttpClient(province.kioskUrl);
  }

  /** Opens a new province in `folder`; its clock says six in the morning of tomorrow. */
  static async open(folder: string, say: (text: string) => void): Promise<World> {
    const today = addDays(serviceDateOf(Date.now(), ZONE), 1);
    const clockFile = join(folder, 'clock.json');
    const offsetMs = instantOf(today, 6 * 60, ZONE) - Date.now();
    setClock(clockFile, offsetMs);
    const ports = await chooseAnyPorts();
    const onLost = (name: string, tail: string) => say(`${name} 意外退出 ended unexpectedly\n${tail}`);
    const province = await Province.open({ folder, ports, clockFile, onLost, say });
    const counters = {} as Record<StationId, HttpClient>;
    for (const id of ['hangzhou', 'shaoxing', 'jiaxing'] as const) {
      counters[id] = new HttpClient(`${province.agentUrl(id)}/counter/v1`);
      await counters[id].signIn('/session', { ...province.credentials(id).clerk, counter: '001' });
    }
    const world = new World(province, clockFile, offsetMs, today, counters);
    await world.signInAtConsole();
    return world;
  }

  signInAtConsole(): Promise<void> {
    return this.console.signIn('/session', this.province.hubCredentials().admin);
  }

  get now(): number {
    return Date.now() + this.#offsetMs;
  }

  /** Sets the clock of every process to that instant. It only goes forward. */
  async setTime(at: number): Promise<void> {
    must(at >= this.now, 'the clock of the demo only goes forward');
    this.#offsetMs = at - Date.now();
    setClock(this.#clockFile, this.#offsetMs);
    // Processes read the file at most every 20 ms.
    await new Promise((next) => setTimeout(next, 60));
  }

  /** Sells full-fare tickets for cash at counter 001 of a station, to synthetic people. */
  async sellAt(id: StationId, offer: Offer, people: readonly number[]): Promise<Sold> {
    const counter = this.counters[id];
    const { tripId, from, to } = offer;
    const held = await counter.post<{ holdId: string }>('/holds', { tripId, from, to, count: people.length });
    const passengers = people.map((index) => ({ ...aPassenger(index), fareType: 'full' }));
    const sold = await counter.post<Sold>('/sales', { holdId: held.holdId, passengers, payMethod: 'cash' });
    this.drawers[id] += sold.totalFen;
    return sold;
  }

  /** Free seats of today's chosen trip as Hangzhou counts them. */
  async remaining(offer: Offer): Promise<number> {
    const departures = await this.counters.hangzhou.get<Offer[]>('/trips/departures');
    return departures.find(({ tripId }) => tripId === offer.tripId)!.remaining;
  }

  /** Pays as a payer does: on the page of the provider. */
  async pay({ payUrl }: { readonly payUrl: string }): Promise<void> {
    const response = await fetch(payUrl, { method: 'POST', body: new URLSearchParams({ mode: 'pay' }) });
    must(response.ok, `the provider's page answered ${response.status}`);
  }

  /** Lays an ID card on the kiosk, takes everything that it offers, and lifts the card again. */
  async collectAtKiosk(person: { readonly name: string; readonly idNo: string }): Promise<void> {
    await this.desk.post('/readers/kiosk/card', person);
    const view = await until(
      'the list of tickets on the kiosk',
      () => this.kioskView(),
      ({ screen }) => screen === 'list',
    );
    await this.kiosk.post('/screen/events', { turn: view.turn, press: { type: 'collect' } });
    await until(
      'the kiosk to offer the paper',
      () => this.kioskView(),
      ({ screen }) => screen === 'take' || screen === 'thanks',
      15_000,
    );
    await fetch(`${this.province.desk.url}/readers/kiosk/card`, { method: 'DELETE' });
  }

  /** What the kiosk's screen shows now: the first word of its stream. */
  async kioskView(): Promise<{ screen: string; turn: number }> {
    const leave = new AbortController();
    const response = await fetch(`${this.province.kioskUrl}/screen`, { signal: leave.signal });
    let text = '';
    for await (const part of response.body!.pipeThrough(new TextDecoderStream())) {
      text += part;
      const data = /^data: (.*)$/m.exec(text);
      if (!data || !text.includes('\n\n')) continue;
      leave.abort();
      return JSON.parse(data[1]!) as { screen: string; turn: number };
    }
    throw new Error('the kiosk shows nothing');
  }

  /** Ends the shift of counter 001: a first count says what must be there only after it, so the drawer is counted from the books of the day. */
  async closeShift(id: StationId): Promise<{ expectedFen: number }> {
    const countedFen = this.drawers[id];
    const closed = await this.counters[id].post<{ expectedFen: number; differenceFen: number }>('/shift/close', {
      countedFen,
    });
    must(closed.differenceFen === 0, `${id}: counted ${countedFen} fen, the shift says ${closed.expectedFen}`);
    return closed;
  }
}

/** Written beside and renamed: a process never reads half of it. */
function setClock(file: string, offsetMs: number): void {
  writeFileSync(`${file}.new`, JSON.stringify({ offsetMs }));
  renameSync(`${file}.new`, file);
}
