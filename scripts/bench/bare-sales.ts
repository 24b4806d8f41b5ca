import { join } from 'node:path';
import Sqlite from 'better-sqlite3';

/** Tables that a sale adds rows to, and those of which it changes one row. */
const INSERTED = ['orders', 'tickets', 'answers', 'audit', 'cash_moves', 'print_jobs', 'outbox'];

type Row = Record<string, unknown>;

/**
 * Writes the rows of the sales in an agent's database again, bare: prepared statements, values ready, `group` sales a
 * transaction, each with the seat, hold, number range and stream row it changed. Returns sales a second.
 */
export async function bareSales(agent: { readonly folder: string }, group: number): Promise<number> {
  const source = new Sqlite(join(agent.folder, 'agent.sqlite'), { readonly: true });
  const all = (table: string) => source.prepare(`SELECT * FROM ${table}`).all() as Row[];
  const tickets = all('tickets').sort((a, b) => String(a.ticket_no).localeCompare(String(b.ticket_no)));
  const by = (table: string, key: string) => new Map(all(table).map((row) => [String(row[key]), row]));
  const orders = by('orders', 'order_id');
  const answers = new Map(
    all('answers')
      .filter(({ verb }) => verb === 'sell')
      .map((row) => [(JSON.parse(String(row.answer)) as { orderId: string }).orderId, row]),
  );
  const audit = by('audit', 'subject');
  const cash = by('cash_moves', 'subject');
  const prints = by('print_jobs', 'ticket_no');
  const events = new Map(
    all('outbox')
      .filter(({ type }) => type === 'ticket.sold')
      .map((row) => [(JSON.parse(String(row.fact)) as { ticketNo: string }).ticketNo, row]),
  );

  const file = join(agent.folder, 'bare.sqlite');
  const bare = new Sqlite(file);
  bare.pragma('journal_mode = WAL');
  bare.pragma('synchronous = FULL');
  bare.exec(
    source
      .prepare("SELECT group_concat(sql, ';') FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
      .pluck()
      .get() as string,
  );
  for (const table of ['seats', 'holds', 'number_ranges', 'stream_out']) {
    const rows = all(table);
    const insert = bare.prepare(insertSql(table, rows[0]!));
    bare.transaction(() => {
      for (const row of rows) insert.run(Object.values(row));
    })();
  }
  const inserts = INSERTED.map((table) => bare.prepare(insertSql(table, all(table)[0]!)));
  const seat = bare.prepare('UPDATE seats SET held = held & ~?, sold = sold | ? WHERE trip_id = ? AND seat = ?');
  const hold = bare.prepare("UPDATE holds SET state = 'sold' WHERE hold_id = ?");
  const numbers = bare.prepare('UPDATE number_ranges SET next = ? WHERE terminal = ? AND first = 0');
  const stream = bare.prepare("UPDATE stream_out SET next = ?, head_hash = ? WHERE peer = 'hub' AND lane = 'ev'");
  const holdIds = all('holds').map(({ hold_id }) => hold_id);
  const sales = tickets.map((ticket, index) => {
    const orderId = String(ticket.order_id);
    const event = events.get(String(ticket.ticket_no))!;
    const rows = [
      orders.get(orderId)!,
      ticket,
      answers.get(orderId)!,
      audit.get(orderId)!,
      cash.get(orderId)!,
      prints.get(String(ticket.ticket_no))!,
      event,
    ];
    return { ticket, event, holdId: holdIds[index], rows: rows.map((row) => Object.values(row)) };
  });

  const startedAt = performance.now();
  for (let first = 0; first < sales.length; first += group) {
    bare
      .transaction(() => {
        for (const { ticket, event, holdId, rows } of sales.slice(first, first + group)) {
          seat.run(ticket.legs, ticket.legs, ticket.trip_id, ticket.seat);
          hold.run(holdId);
          numbers.run(first, ticket.terminal);
          stream.run(event.seq, event.hash);
          for (const [index, insert] of inserts.entries()) insert.run(rows[index]!);
        }
      })
      .immediate();
    // As in the product, other work gets its turn between two commits.
    await new Promise((next) => setImmediate(next));
  }
  const rate = (sales.length / (performance.now() - startedAt)) * 1000;
  source.close();
  bare.close();
  return rate;
}

function insertSql(table: string, row: Row): string {
  const columns = Object.keys(row);
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
}
