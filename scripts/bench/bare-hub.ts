import Sqlite from 'better-sqlite3';
import { connect } from 'mqtt';
import { copySchema, IN_COLUMNS, insertAll, type Row } from './bare-rows.ts';

/**
 * The receiver of `bare-link.ts` in a process of its own: each message stands for the next `batchLength` rows of a hub's
 * inbox, which lie ready. Says `ready`, and `kept` after the commit of the last of them.
 */
export type BareHubArgs = {
  readonly hubFile: string;
  readonly url: string;
  readonly tls: { readonly ca: string; readonly cert: string; readonly key: string };
  readonly batchLength: number;
  readonly batchesPerCommit: number;
};

const { hubFile, url, tls, batchLength, batchesPerCommit } = JSON.parse(process.argv[2]!) as BareHubArgs;
const source = new Sqlite(hubFile, { readonly: true });
const rows = source.prepare("SELECT * FROM inbox WHERE lane = 'ev' ORDER BY seq").all() as Row[];
const bare = copySchema(source, `${hubFile}.bare`);
source.close();
// As they stood when they had arrived.
const values = rows.map((row) => IN_COLUMNS.map((column) => (column === 'state' ? 'new' : row[column])));
const insert = bare.prepare(insertAll('inbox', IN_COLUMNS));
const move = bare.prepare('UPDATE stream_in SET ack = ?, hash = ? WHERE peer = ? AND lane = ?');

let kept = 0;
let arrived = 0;
const client = connect(url, { ...tls, clientId: 'hub-bare', protocolVersion: 4, reconnectPeriod: 0 });
client.on('message', () => {
  arrived = Math.min(rows.length, arrived + batchLength);
  if (arrived < rows.length && arrived - kept < batchLength * batchesPerCommit) return;
  bare
    .transaction(() => {
      for (const row of values.slice(kept, arrived)) insert.run(row);
      const last = rows[arrived - 1]!;
      move.run(last['seq'], last['hash'], last['peer'], 'ev');
    })
    .immediate();
  kept = arrived;
  if (kept === rows.length) process.send!('kept');
});
client.on('connect', () => client.subscribe('rt1/s/+/up/+', { qos: 1 }, () => process.send!('ready')));
process.once('disconnect', () => process.exit(0));
