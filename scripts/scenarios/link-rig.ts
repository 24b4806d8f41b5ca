import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type AgentStore, openAgentStore } from '@lianpiao/agent/store/open-agent-store';
import type { AgentTables } from '@lianpiao/agent/store/tables';
import { LinkLoop } from '@lianpiao/agent/sync/link-loop';
import { proveContinuity } from '@lianpiao/agent/sync/prove-continuity';
import { RunMarker } from '@lianpiao/agent/sync/run-marker';
import { StationClock } from '@lianpiao/agent/time/station-clock';
import { type BrokerProcess, startBrokerProcess } from '@lianpiao/hub/broker/broker-process';
import { LinkHub, type LinkHubOptions } from '@lianpiao/hub/ingest/link-hub';
import { HubMarker } from '@lianpiao/hub/restore/hub-marker';
import { proveHub } from '@lianpiao/hub/restore/prove-hub';
import { ensurePki, issueStationCertificate } from '@lianpiao/hub/stations/private-ca';
import type { HubStore } from '@lianpiao/hub/store/hub-store';
import { openHubStore } from '@lianpiao/hub/store/open-hub-store';
import { type MachineClock, systemClock } from '@lianpiao/shared/clock';
import { MacKeys } from '@lianpiao/shared/crypto/mac-keys';
import { createStationIdentity } from '@lianpiao/shared/crypto/station-identity';
import type { FactHandlers } from '@lianpiao/shared/link/facts';
import type { SessionTls } from '@lianpiao/shared/link/mqtt-session';
import type { RequestHandlers } from '@lianpiao/shared/link/request-book';
import { DiskRoom } from '@lianpiao/shared/store/disk/disk-room';
import { JournalMirror } from '@lianpiao/shared/store/journal-file/journal-mirror';
import type { Engine, Store, Tx } from '@lianpiao/shared/store/store';
import { emit } from '@lianpiao/shared/store/streams';
import type { SharedTables } from '@lianpiao/shared/store/tables/shared';

/**
 * A broker process, a hub and stations with real certificates, keys and database files. What a fact does is one row in
 * `audit`, so that an effect that happens twice is seen.
 */
export const HANGZHOU = '330100001';
export const SHAOXING = '330600001';
export type Note = { readonly event: string } & Readonly<Record<string, unknown>>;
type AnyStore = Store<SharedTables>;

const macSecret = (station: string) => Buffer.alloc(32, Number(station) % 251);
const rings = new Map<string, MacKeys>();
export function keysOf(station: string): MacKeys {
  const ring = rings.get(station) ?? new MacKeys([{ keyNo: 1, secret: macSecret(station), activeAt: 0 }]);
  rings.set(station, ring);
  return ring;
}

/** Facts become rows of the audit table: seats and suspensions. */
export function ledger<Tables extends SharedTables>(): FactHandlers<Tables> {
  const note = async (tx: Tx<Tables>, what: string, subject: string) => {
    await tx.db.insert(tx.t.audit).values({ at: 0, caller: 'test', what, subject });
  };
  return {
    'seat.granted': (tx, { fact }) => note(tx, 'seat', fact.transferId),
    'trip.suspended': (tx, { fact }) => note(tx, 'ev', fact.reason),
  };
}

export async function effects(store: AnyStore, what: 'seat' | 'ev' | 'given'): Promise<string[]> {
  const { db, t } = store.read;
  return (await db.select().from(t.audit).orderBy(t.audit.id))
    .filter((row) => row.what === what)
    .map((row) => row.subject);
}

/** Facts `first` … of a lane to a peer, each in a transaction of its own, as sales come. */
export async function emitFacts(
  store: AnyStore,
  peer: string,
  lane: 'seat' | 'ev',
  count: number,
  first = 1,
): Promise<void> {
  const tripId = `${HANGZHOU}-20251121-K101`;
  const emitOne = (n: number) =>
    store.transaction((tx) =>
      lane === 'seat'
        ? emit(
            tx,
            {
              peer,
              type: 'seat.granted',
              agg: tripId,
              fact: { transferId: `t${n}`, tripId, epoch: 1, seat: '01', legs: 1 },
            },
            Date.now(),
          )
        : emit(
            tx,
            { peer, type: 'trip.suspended', agg: `${tripId}-${n % 7}`, fact: { tripId, at: 1, reason: `r${n}` } },
            Date.now(),
          ),
    );
  await Promise.all(Array.from({ length: count }, (_, index) => emitOne(first + index)));
}

export const upTo = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);

export async function enrol(store: HubStore, station: string): Promise<void> {
  const row = {
    code: station,
    name: station,
    grade: 1,
    region: '330100',
    pinyin: '',
    address: '',
    state: 'enrolled',
    installId: `machine-${station}`,
  };
  await store.transaction((tx) =>
    tx.db
      .insert(tx.t.stations)
      .values({ ...row, lease: 0, incarnation: 0, queued: 0, lagMs: 0 })
      .onConflictDoNothing(),
  );
}

export type HubMode = 'kill-before-commit' | 'kill-after-commit' | 'run';

/**
 * A Node process. `kilobytes` limits every file that it writes: beyond it a write fails as on a full disk, once the signal
 * for it is ignored.
 */
export function spawnLimited(args: readonly string[], kilobytes?: number): ChildProcess {
  const limit = kilobytes ? `trap '' XFSZ; ulimit -f ${kilobytes}; ` : '';
  return spawn('bash', ['-c', `${limit}exec "$0" "$@"`, process.execPath, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

export type StationFiles = {
  readonly folder: string;
  readonly station: string;
  readonly brokers: readonly [string];
  readonly tls: SessionTls;
  readonly file?: string;
  readonly marker?: string;
  readonly installId?: string;
  readonly machine?: MachineClock;
  readonly room?: DiskRoom;
  readonly keys?: MacKeys;
  /** Path of its second journal. */
  readonly mirror?: string | undefined;
};

/** A station's store, run marker and end of the link, not yet started. */
export async function openStation(files: StationFiles) {
  const { folder, station, brokers, tls, machine = systemClock, room = new DiskRoom() } = files;
  const { file = `${station}.db`, installId = `machine-${station}` } = files;
  const { marker = `${file}.run-marker` } = files;
  const notes: Note[] = [];
  const log = (event: string, facts: object) => void notes.push({ ...facts, event });
  const mark = new RunMarker(join(folder, marker), (cause) => log('marker.not-written', { cause }));
  const clock = new StationClock(machine);
  const journal = files.mirror
    ? new JournalMirror(files.mirror, station, (cause) => log('mirror.not-written', { cause }))
    : undefined;
  const committed = (engine: Engine) => {
    mark.committed(engine);
    journal?.committed(engine);
  };
  const store = await openAgentStore(join(folder, file), committed, () => clock.stamp());
  const { dbId } = await proveContinuity(store, mark.before, installId, Date.now());
  mark.keep({ dbId, installId }, store.read.engine);
  const { keys = keysOf(station) } = files;
  const link = new LinkLoop({
    store,
    station,
    brokers,
    tls,
    keys,
    installId,
    agentVersion: '0.1.0',
    clock,
    room,
    log,
  });
  const close = async () => {
    await link.close();
    mark.close(store.read.engine);
    journal?.close();
    await store.close();
  };
  return { link, store, clock, notes, close };
}

export class LinkRig {
  readonly folder: string;
  readonly pki: Awaited<ReturnType<typeof ensurePki>>;
  broker: BrokerProcess;
  readonly #closing: (() => Promise<void>)[] = [];
  readonly #certificates = new Map<string, { cert: string; key: string }>();

  constructor(folder: string, pki: Awaited<ReturnType<typeof ensurePki>>, broker: BrokerProcess) {
    this.folder = folder;
    this.pki = pki;
    this.broker = broker;
  }

  static async open(): Promise<LinkRig> {
    const folder = await mkdtemp(join(tmpdir(), 'link-rig-'));
    const pki = await ensurePki(join(folder, 'pki'), { hosts: [], now: Date.now() });
    return new LinkRig(folder, pki, await startBrokerProcess(folder, 0, () => undefined));
  }

  get brokers(): readonly [string] {
    return [`mqtts://127.0.0.1:${this.broker.port}`];
  }

  /** `kill -9`, and another one on the same port. */
  async replaceBroker(): Promise<void> {
    const { port } = this.broker;
    this.broker.process.kill('SIGKILL');
    await this.broker.ended;
    this.broker = await startBrokerProcess(this.folder, port, () => undefined);
  }

  async tlsOf(station: string) {
    let own = this.#certificates.get(station);
    if (!own) {
      const { privateKeyPem, csrPem } = await createStationIdentity();
      const issued = await issueStationCertificate(this.pki, csrPem, station, Date.now());
      if (!issued.ok) throw new Error(issued.refusal.code);
      own = { cert: issued.value.certPem, key: privateKeyPem };
      this.#certificates.set(station, own);
    }
    return { ca: this.pki.caCertPem, ...own };
  }

  get hubTls() {
    return { ca: this.pki.caCertPem, cert: this.pki.hub.certPem, key: this.pki.hub.keyPem };
  }

  async hub(more: Partial<LinkHubOptions> | ((store: HubStore) => Partial<LinkHubOptions>) = {}, file = 'hub.db') {
    const notes: Note[] = [];
    const log = (event: string, facts: object) => void notes.push({ ...facts, event });
    const mark = new HubMarker(join(this.folder, `${file}.run-marker`), (cause) =>
      log('marker.not-written', { cause }),
    );
    const store = await openHubStore(join(this.folder, file), (engine, grown) => mark.committed(engine, grown));
    mark.keep(await proveHub(store, mark.before, Date.now()), store.read.engine);
    for (const station of [HANGZHOU, SHAOXING]) await enrol(store, station);
    const hub = new LinkHub({
      store,
      brokers: this.brokers,
      tls: this.hubTls,
      keysOf,
      facts: () => ledger(),
      lostFacts: {},
      answers: () => ({}),
      clock: systemClock,
      room: new DiskRoom(),
      log,
      ...(typeof more === 'function' ? more(store) : more),
    });
    await hub.start();
    const close = this.#once(async () => {
      await hub.close();
      await store.close();
      mark.close();
    });
    return { hub, store, notes, close };
  }

  async station(
    station: string,
    {
      answers = {},
      file = `${station}.db`,
      installId = `machine-${station}`,
      brokers = this.brokers,
      marker = `${file}.run-marker`,
      facts = () => ledger(),
      machine = systemClock,
      ownFacts = () => ({}),
      room = new DiskRoom(),
      keys = keysOf(station),
      mirror,
    }: {
      answers?: RequestHandlers;
      file?: string;
      installId?: string;
      brokers?: readonly [string];
      marker?: string;
      facts?: (store: AgentStore) => FactHandlers<AgentTables>;
      machine?: MachineClock;
      ownFacts?: (store: AgentStore) => FactHandlers<AgentTables>;
      room?: DiskRoom;
      keys?: MacKeys;
      mirror?: string;
    } = {},
  ) {
    const tls = await this.tlsOf(station);
    const files = { folder: this.folder, station, brokers, tls, file, marker, installId };
    const opened = await openStation({ ...files, machine, room, keys, mirror });
    await opened.link.start(facts(opened.store), answers, ownFacts(opened.store));
    return { ...opened, close: this.#once(opened.close) };
  }

  /** A hub in a process of its own, which kills itself inside its first transaction, or between its commit and the acknowledgement, if told so. */
  hubProcess(mode: HubMode, kilobytes?: number) {
    const args = { data: this.folder, brokers: this.brokers, tls: this.hubTls, mode };
    return this.#process([join(import.meta.dirname, 'link-hub-process.ts'), JSON.stringify(args)], kilobytes);
  }

  /** A hub or a station as it was before the newest minor version (old-version.ts), in a process of its own. */
  async oldProcess(side: 'hub' | 'station') {
    const { folder, brokers } = this;
    const args =
      side === 'hub'
        ? { data: folder, brokers, tls: this.hubTls, mode: 'run' satisfies HubMode }
        : { folder, brokers, tls: await this.tlsOf(HANGZHOU), station: HANGZHOU };
    const hooks = ['--import', join(import.meta.dirname, 'old-version.ts')];
    return this.#process([...hooks, join(import.meta.dirname, `link-${side}-process.ts`), JSON.stringify(args)]);
  }

  async #process(
    command: readonly string[],
    kilobytes?: number,
  ): Promise<{ child: ChildProcess; exited: Promise<unknown>; said: readonly string[] }> {
    const child = spawnLimited(command, kilobytes);
    const exited = once(child, 'exit');
    this.#closing.push(async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await exited;
    });
    const said: string[] = [];
    const lines = createInterface({ input: child.stdout! });
    lines.on('line', (line) => said.push(line));
    await once(lines, 'line');
    return { child, exited, said };
  }

  async close(): Promise<void> {
    for (const close of this.#closing.splice(0).reverse()) await close();
    this.broker.process.kill('SIGKILL');
    await this.broker.ended;
  }

  #once(close: () => Promise<void>): () => Promise<void> {
    let closing: Promise<void> | undefined;
    const once = () => {
      closing ??= close();
      return closing;
    };
    this.#closing.push(once);
    return once;
  }
}
