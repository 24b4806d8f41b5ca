-- What the console counts, lists and follows without reading whole tables.
CREATE INDEX tickets_by_biz_date ON tickets (biz_date, seller, fare_fen);
CREATE INDEX orders_by_creation ON orders (created_at, order_id);
CREATE INDEX outbox_by_agg ON outbox (agg, type);
CREATE INDEX audit_by_subject ON audit (subject, at);
