import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type SimulatedDesk, startDesk } from '@lianpiao/shared/devices/simulated-desk';
import { type Child, startChild } from './child.ts';
import type { Ports } from './ports.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const FIXTURES = join(ROOT, 'agent', 'fixtures');

/** The three stations of the example province. Names and places are real, codes and timetables are ours and say so. */
export const STATIONS = [
  {
    id: 'hangzhou',
    code: '330100001',
    name: '杭州客运中心站',
    grade: 1,
    source: { kind: 'file-drop', folder: 'drop', mapping: 'mapping.json' },
  },
  { id: 'shaoxing', code: '330600001', name: '绍兴客运中心', grade: 1, source: { kind: 'gtfs', path: 'gtfs' } },
  {
    id: 'jiaxing',
    code: '330400001',
    name: '嘉兴客运中心',
    grade: 1,
    source: { kind: 'alone', templates: 'templates.json' },
  },
] as const;
export type StationId = (typeof STATIONS)[number]['id'];

export type ProvinceOptions = {
  /** Everything that is kept lies under it, a folder a process. */
  readonly folder: string;
  readonly ports: Ports;
  /** Clock file of a demo; without one the system's clock. */
  readonly clockFile?: string;
  readonly onLost: (name: string, tail: string) => void;
  readonly say: (text: string) => void;
};

/** A running province. Its processes can be ended and started again one by one. */
export class Province {
  readonly folder: string;
  readonly ports: Ports;
  readonly desk: SimulatedDesk;
  readonly children = new Map<string, Child>();
  readonly #options: ProvinceOptions;

  private constructor(options: ProvinceOptions, desk: SimulatedDesk) {
    this.#options = options;
    this.folder = options.folder;
    this.ports = options.ports;
    this.desk = desk;
  }

  /** Starts devices, hub, broker, agents and kiosk; at the first time with folders, configurations and enrolments of their own. */
  static async open(options: ProvinceOptions): Promise<Province> {
    mkdirSync(join(options.folder, 'log'), { recursive: true, mode: 0o700 });
    const desk = await startDesk({
      httpPort: options.ports.desk,
      printers: [...STATIONS.map(({ id }) => ({ id, port: 0 })), { id: 'kiosk', port: 0 }],
      readers: [...STATIONS.map(({ id }) => ({ id, port: 0 })), { id: 'kiosk', port: 0 }],
    });
    const province = new Province(options, desk);
    try {
      // Both make the certificates at the first start, whoever is first.
      await Promise.all([province.startHub(), province.startBroker()]);
      await Promise.all(STATIONS.map(({ id }) => province.startAgent(id)));
      await province.startKiosk();
    } catch (cause) {
      await province.close();
      throw cause;
    }
    return province;
  }

  get hubUrl(): string {
    return `http://127.0.0.1:${this.ports.hub}`;
  }
  agentUrl(id: StationId): string {
    return `http://127.0.0.1:${this.ports[id]}`;
  }
  get kioskUrl(): string {
    return `http://127.0.0.1:${this.ports.kiosk}`;
  }

  startHub(): Promise<Child> {
    const folder = this.#folderOf('hub');
    writeConfig(folder, { http: { port: this.ports.hub }, brokers: [`mqtts://127.0.0.1:${this.ports.broker}`] });
    return this.#start('hub', join(ROOT, 'hub/src/main.ts'), ['--data', folder], 'hub.ready');
  }

  startBroker(): Promise<Child> {
    const args = ['--data', join(this.folder, 'hub'), '--port', String(this.ports.broker)];
    return this.#start('broker', join(ROOT, 'hub/src/broker/main.ts'), args, 'broker.listening');
  }

  async startAgent(id: StationId): Promise<Child> {
    const station = STATIONS.find((each) => each.id === id)!;
    const folder = this.#folderOf(id);
    if (!existsSync(join(folder, 'stops.json'))) {
      cpSync(join(FIXTURES, id), folder, { recursive: true });
      cpSync(join(FIXTURES, 'stops.json'), join(folder, 'stops.json'));
    }
    const token = existsSync(join(folder, 'enrolment.json')) ? undefined : await this.#enrolmentToken(station);
    writeConfig(folder, {
      http: { port: this.ports[id] },
      hub: { url: this.hubUrl, ...(token ? { token } : {}), brokers: [`mqtts://127.0.0.1:${this.ports.broker}`] },
      source: station.source,
      stops: 'stops.json',
      printer: { address: this.desk.printers.get(id)!.address },
      reader: { address: this.desk.readers.get(id)!.address },
    });
    return this.#start(id, join(ROOT, 'agent/src/main.ts'), ['--data', folder], 'agent.ready');
  }

  startKiosk(): Promise<Child> {
    const folder = this.#folderOf('kiosk');
    writeConfig(folder, {
      agent: { url: this.agentUrl('hangzhou'), token: this.credentials('hangzhou').kiosk.token },
      station: STATIONS[0].name,
      http: { port: this.ports.kiosk },
      printer: { address: this.desk.printers.get('kiosk')!.address },
      reader: { address: this.desk.readers.get('kiosk')!.address },
    });
    return this.#start('kiosk', join(ROOT, 'kiosk-firmware/src/main.ts'), ['--data', folder], 'kiosk.ready');
  }

  /** First credentials of a station, made at random at its first start. */
  credentials(id: StationId): {
    clerk: { user: string; password: string };
    kiosk: { token: string };
    adapter: { token: string };
  } {
    return JSON.parse(readFileSync(join(this.folder, id, 'first-credentials.json'), 'utf8'));
  }

  hubCredentials(): { admin: { user: string; password: string }; channel: { id: string; token: string } } {
    return JSON.parse(readFileSync(join(this.folder, 'hub', 'first-credentials.json'), 'utf8'));
  }

  /** Ends everything cleanly: the edge first, then the centre. */
  async close(): Promise<void> {
    for (const names of [['kiosk'], STATIONS.map(({ id }) => id), ['hub'], ['broker']]) {
      await Promise.all(names.map((name) => this.children.get(name)?.stop()));
    }
    await this.desk.close();
  }

  #folderOf(name: string): string {
    const folder = join(this.folder, name);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  }

  async #start(name: string, main: string, args: readonly string[], readyEvent: string): Promise<Child> {
    const { clockFile, onLost } = this.#options;
    const env: Record<string, string> = clockFile ? { LIANPIAO_CLOCK_FILE: clockFile } : {};
    const child = await startChild({
      name,
      main,
      args,
      readyEvent,
      env,
      onLost,
      logFile: join(this.folder, 'log', `${name}.log`),
    });
    this.children.set(name, child);
    this.#options.say(`${name} 已启动 started (pid ${child.pid})`);
    return child;
  }

  /** What an operator does once for each station: makes it at the console and hands its one-time token over. */
  async #enrolmentToken({ code, name, grade }: (typeof STATIONS)[number]): Promise<string> {
    const { admin } = this.hubCredentials();
    const headers = { 'content-type': 'application/json' };
    const signedIn = await fetch(`${this.hubUrl}/console/v1/session`, {
      method: 'POST',
      headers,
      body: JSON.stringify(admin),
    });
    const cookie = signedIn.headers
      .getSetCookie()
      .map((each) => each.split(';')[0])
      .join('; ');
    const body = JSON.stringify({ code, name, grade });
    const made = await fetch(`${this.hubUrl}/console/v1/stations`, {
      method: 'POST',
      headers: { ...headers, cookie },
      body,
    });
    const answer = (await made.json()) as { token?: string; code?: string };
    if (!answer.token) throw new Error(`the hub made no enrolment token for ${name}: ${answer.code ?? made.status}`);
    return answer.token;
  }
}

function writeConfig(folder: string, config: object): void {
  writeFileSync(join(folder, 'config.json'), `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
}
