/** A rule of the product that is switched off: the simulator has to notice. */
export type Mutant = readonly {
  /** End of the path of the source. */
  readonly file: string;
  readonly rule: string;
  readonly instead: string;
}[];

const TAKE_BACK = `
  tx.engine.prepare("UPDATE seats SET mine = mine | (SELECT legs FROM transfers f WHERE f.seat = seats.seat AND f.trip_id = seats.trip_id AND f.direction = 'given' AND f.at < " + (now - 60000) + ") WHERE EXISTS (SELECT 1 FROM transfers f WHERE f.seat = seats.seat AND f.trip_id = seats.trip_id AND f.direction = 'given' AND f.at < " + (now - 60000) + ") AND (SELECT next - 1 - acked FROM stream_out WHERE peer = 'hub' AND lane = 'seat') > 0").run([]);`;

/** By name, what is changed where. */
export const MUTANTS: Readonly<Record<string, Mutant>> = {
  /** What came twice counts twice. */
  'no-deduplication': [
    { file: 'protocol/stream-receiver.ts', rule: 'if (seq > ack) fresh.push(', instead: 'fresh.push(' },
    { file: 'protocol/stream-receiver.ts', rule: 'if (last < ack) return undefined;', instead: '' },
    {
      file: 'link/stream-rows.ts',
      rule: "    reason: value('reason'),\n  }),\n);",
      instead:
        "    reason: value('reason'),\n  }).onConflictDoUpdate({ target: [t.inbox.peer, t.inbox.lane, t.inbox.seq], set: { state: sql.raw('excluded.state') } }),\n);",
    },
    { file: 'link/stream-rows.ts', rule: ", eq(t.streamIn.ack, value('before'))", instead: '' },
  ],
  /** What has arrived is acknowledged before it is kept. */
  'acknowledged-before-commit': [
    {
      file: 'link/peer-link.ts',
      rule: 'if (events.length > 0) this.#keep(lane, state, events);',
      instead: `if (events.length > 0) {
      state.durable = state.receiver.position;
      state.ackDue = true;
      this.#ackedAt = 0;
      this.#acknowledge(this.#options.monotonic());
      this.#keep(lane, state, events);
    }`,
    },
  ],
  /** Seats are claimed by somebody who does not own them. */
  'claims-what-is-not-mine': [
    {
      file: 'seats/seat-rows.ts',
      rule: `& \${value('legs')} = 0\`,
        sql\`\${t.seats.mine} & \${value('legs')} = \${value('legs')}\`,
      ),
    ),
);

export const release`,
      instead: `& \${value('legs')} = 0\`,
      ),
    ),
);

export const release`,
    },
  ],
  /** A grant that nobody has confirmed for a minute is taken back. */
  'takes-grants-back': [
    {
      file: 'trips/serve-standing-orders.ts',
      rule: 'const { trips, transfers, allotments, meta } = tx.t;',
      instead: `const { trips, transfers, allotments, meta } = tx.t;${TAKE_BACK}`,
    },
  ],
};
