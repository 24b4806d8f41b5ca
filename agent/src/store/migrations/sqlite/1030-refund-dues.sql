-- Refunded tickets that board at another gate: their money waits until that gate has confirmed.
CREATE TABLE refund_dues (
  ticket_no TEXT PRIMARY KEY, order_id TEXT NOT NULL, quote_id TEXT NOT NULL, payer TEXT NOT NULL, amount_fen INTEGER NOT NULL,
  fee_fen INTEGER NOT NULL, state TEXT NOT NULL, paid_key TEXT, created_at INTEGER NOT NULL, settled_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX refund_dues_open ON refund_dues (created_at) WHERE state <> 'paid';
ALTER TABLE refund_quotes ADD COLUMN tier TEXT NOT NULL DEFAULT '';
