import { setImmediate as nextTurn } from 'node:timers/promises';
import { encodeFrame } from '@lianpiao/shared/protocol/frame';
import { upTopic } from '@lianpiao/shared/protocol/topics';
import { MINOR } from '@lianpiao/shared/protocol/versions';
import type Sqlite from 'better-sqlite3';
import { connectAsync, type MqttClient } from 'mqtt';
import { HANGZHOU, keysOf, LinkRig } from '../scenarios/link-rig.ts';
import type { BareHubArgs, BareRound } from './bare-hub.ts';
import { copySchema, insertAll, OUT_COLUMNS, type Row, rowsOf } from './bare-rows.ts';
import { Child } from './child.ts';

const TOPIC = upTopic(HANGZHOU, 'ev');

export type BareLinkOptions = {
  readonly stationFile: string;
  readonly hubFile: string;
  /** Events of one transaction at the station. */
  readonly group: number;
};
/** How the link grouped the events of a run. */
export type Grouping = { readonly batchLength: number; readonly batchesPerCommit: number };

/**
 * What the link did, again and bare: prepared inserts of its outbox rows, its frames ready made and published by mqtt.js,
 * prepared inserts of its inbox rows in a process of its own.
 */
export class BareLink {
  readonly #rig: LinkRig;
  readonly #options: BareLinkOptions;
  readonly #hub: Child;
  readonly #client: MqttClient;
  readonly #database: Sqlite.Database;
  #done = 0;

  private constructor(
    rig: LinkRig,
    options: BareLinkOptions,
    hub: Child,
    client: MqttClient,
    database: Sqlite.Database,
  ) {
    this.#rig = rig;
    this.#options = options;
    this.#hub = hub;
    this.#client = client;
    this.#database = database;
  }

  /** Over a broker of its own: what the hub subscribes to is everything that stations say. */
  static async open(options: BareLinkOptions): Promise<BareLink> {
    const rig = await LinkRig.open();
    const [url] = rig.brokers;
    const args: BareHubArgs = { hubFile: options.hubFile, url, tls: rig.hubTls };
    const hub = new Child('bare-hub.ts', args);
    await hub.heard();
    const tls = await rig.tlsOf(HANGZHOU);
    const client = await connectAsync(url, {
      ...tls,
      clientId: `ag-${HANGZHOU}-bare-c`,
      protocolVersion: 4,
      reconnectPeriod: 0,
    });
    return new BareLink(rig, options, hub, client, copySchema(options.stationFile, `${options.stationFile}.bare`));
  }

  /** The next `count` events that the link has sent. Returns events a second. */
  async run(count: number, { batchLength, batchesPerCommit }: Grouping): Promise<number> {
    const { stationFile, group } = this.#options;
    const rows = rowsOf(stationFile, 'outbox', this.#done, count);
    const length = Math.round(batchLength);
    const frames = framesOf(rows, length);
    const insert = this.#database.prepare(insertAll('outbox', OUT_COLUMNS));
    const move = this.#database.prepare("UPDATE stream_out SET next = ?, head_hash = ? WHERE lane = 'ev'");
    const values = rows.map((row) => OUT_COLUMNS.map((column) => row[column]));
    const round: BareRound = { first: this.#done, count, batchLength: length, batchesPerCommit };
    const ready = this.#hub.heard();
    this.#hub.send(round);
    await ready;

    const kept = this.#hub.heard();
    const startedAt = performance.now();
    let sent = 0;
    for (let first = 0; first < count; first += group) {
      const end = Math.min(count, first + group);
      this.#database
        .transaction(() => {
          for (const row of values.slice(first, end)) insert.run(row);
          const last = rows[end - 1]!;
          move.run(Number(last['seq']) + 1, last['hash']);
        })
        .immediate();
      for (; sent < frames.length && Math.min((sent + 1) * length, count) <= end; sent += 1)
        this.#client.publish(TOPIC, frames[sent]!, { qos: 1 });
      await nextTurn();
    }
    await kept;
    this.#done += count;
    return (count / (performance.now() - startedAt)) * 1000;
  }

  async end(): Promise<void> {
    this.#client.end(true);
    this.#database.close();
    await this.#hub.end();
    await this.#rig.close();
  }
}

/** The frames that the link made of these rows. */
function framesOf(rows: readonly Row[], batchLength: number): Buffer[] {
  const key = keysOf(HANGZHOU).signing(Date.now())!;
  const envelope = { v: 1, st: HANGZHOU, inc: 1, boot: '0123456789ab', ln: 1, at: Date.now(), off: 0 };
  const frames: Buffer[] = [];
  for (let first = 0; first < rows.length; first += batchLength) {
    const part = rows.slice(first, first + batchLength);
    const events = part.map(({ type, tv, at, agg, fact, person, person_hash: hash }) => ({
      type,
      tv,
      at,
      agg,
      fact,
      person: { sealed: (person as Buffer).toString('base64url'), hash },
    }));
    const join = {
      from: part[0]!['seq'],
      prev: rows[first - 1]?.['hash'] ?? '0'.repeat(64),
      hash: part.at(-1)!['hash'],
    };
    const frame = encodeFrame(key, TOPIC, { ...envelope, k: 'batch', lane: 'ev', ...join, events }, MINOR);
    if (!frame.ok) throw new Error(frame.refusal.code);
    frames.push(frame.value);
  }
  return frames;
}
