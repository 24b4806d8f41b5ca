import { connect } from 'mqtt';
import { copySchema, IN_COLUMNS, insertAll, rowsOf } from './bare-rows.ts';

/**
 * The receiver of `bare-link.ts` in a process of its own. It is told which rows of a hub's inbox come next, and says when
 * they lie ready; then each message stands for the next `batchLength` of them. It says so after the commit of the last.
 */
export type BareHubArgs = {
  readonly hubFile: string;
  readonly url: string;
  readonly tls: { readonly ca: string; readonly cert: string; readonly key: string };
};
export type BareRound = {
  readonly first: number;
  readonly count: number;
  readonly batchLength: number;
  readonly batchesPerCommit: number;
};

const { hubFile, url, tls } = JSON.parse(process.argv[2]!) as BareHubArgs;
const bare = copySchema(hubFile, `${hubFile}.bare`);
const insert = bare.prepare(insertAll('inbox', IN_COLUMNS));
const move = bare.prepare("UPDATE stream_in SET ack = ?, hash = ? WHERE lane = 'ev'");
let arrived: () => void = () => undefined;

function prepare({ first, count, batchLength, batchesPerCommit }: BareRound): void {
  const rows = rowsOf(hubFile, 'inbox', first, count);
  // As they stood when they had arrived.
  const values = rows.map((row) => IN_COLUMNS.map((column) => (column === 'state' ? 'new' : row[column])));
  const group = batchLength * Math.max(1, Math.round(batchesPerCommit));
  let [kept, here] = [0, 0];
  arrived = () => {
    here = Math.min(count, here + batchLength);
    if (here < count && here - kept < group) return;
    bare
      .transaction(() => {
        for (const row of values.slice(kept, here)) insert.run(row);
        const last = rows[here - 1]!;
        move.run(last['seq'], last['hash']);
      })
      .immediate();
    kept = here;
    if (kept === count) process.send!('kept');
  };
  process.send!('ready');
}

const client = connect(url, { ...tls, clientId: 'hub-bare', protocolVersion: 4, reconnectPeriod: 0 });
client.on('message', () => arrived());
client.on('connect', () => client.subscribe('rt1/s/+/up/+', { qos: 1 }, () => process.send!('ready')));
process.on('message', prepare);
process.once('disconnect', () => process.exit(0));
