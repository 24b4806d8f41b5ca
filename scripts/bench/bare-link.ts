import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { encodeFrame } from '@lianpiao/shared/protocol/frame';
import { upTopic } from '@lianpiao/shared/protocol/topics';
import Sqlite from 'better-sqlite3';
import { connect } from 'mqtt';
import { HANGZHOU, keysOf, type LinkRig } from '../scenarios/link-rig.ts';
import type { BareHubArgs } from './bare-hub.ts';
import { Child } from './child.ts';
import { copySchema, insertAll, OUT_COLUMNS, type Row } from './bare-rows.ts';

export type LinkRun = {
  readonly stationFile: string;
  readonly hubFile: string;
  /** Events of one transaction at the station. */
  readonly group: number;
  readonly batchLength: number;
  readonly batchesPerCommit: number;
};

/**
 * The rows of a run of the link again, bare: prepared inserts at the sender in transactions of `group`, its frames ready
 * made and published by mqtt.js, prepared inserts at the receiver. Returns events a second.
 */
export async function bareLink(rig: LinkRig, run: LinkRun): Promise<number> {
  const source = new Sqlite(run.stationFile, { readonly: true });
  const rows = source.prepare('SELECT * FROM outbox ORDER BY seq').all() as Row[];
  const bare = copySchema(source, `${run.stationFile}.bare`);
  source.close();
  const batchLength = Math.round(run.batchLength);
  const frames = framesOf(rows, batchLength);
  const args: BareHubArgs = {
    hubFile: run.hubFile,
    url: rig.brokers[0],
    tls: rig.hubTls,
    batchLength,
    batchesPerCommit: Math.max(1, Math.round(run.batchesPerCommit)),
  };
  const hub = new Child('bare-hub.ts', args);
  await hub.heard();

  const client = connect(rig.brokers[0], {
    ...(await rig.tlsOf(HANGZHOU)),
    clientId: `ag-${HANGZHOU}-bare-c`,
    protocolVersion: 4,
    reconnectPeriod: 0,
  });
  await once(client, 'connect');
  const insert = bare.prepare(insertAll('outbox', OUT_COLUMNS));
  const move = bare.prepare('UPDATE stream_out SET next = ?, head_hash = ? WHERE peer = ? AND lane = ?');
  const values = rows.map((row) => OUT_COLUMNS.map((column) => row[column]));
  const topic = upTopic(HANGZHOU, 'ev');

  const kept = hub.heard();
  const startedAt = performance.now();
  let sent = 0;
  for (let first = 0; first < rows.length; first += run.group) {
    const end = Math.min(rows.length, first + run.group);
    bare
      .transaction(() => {
        for (const row of values.slice(first, end)) insert.run(row);
        const last = rows[end - 1]!;
        move.run(Number(last['seq']) + 1, last['hash'], 'hub', 'ev');
      })
      .immediate();
    for (; sent < frames.length && Math.min((sent + 1) * batchLength, rows.length) <= end; sent += 1)
      client.publish(topic, frames[sent]!, { qos: 1 });
    await nextTurn();
  }
  await kept;
  const rate = (rows.length / (performance.now() - startedAt)) * 1000;
  client.end(true);
  bare.close();
  await hub.end();
  return rate;
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
    const join = { from: first + 1, prev: rows[first - 1]?.['hash'] ?? '0'.repeat(64), hash: part.at(-1)!['hash'] };
    const frame = encodeFrame(key, upTopic(HANGZHOU, 'ev'), { ...envelope, k: 'batch', lane: 'ev', ...join, events });
    if (!frame.ok) throw new Error(frame.refusal.code);
    frames.push(frame.value);
  }
  return frames;
}
