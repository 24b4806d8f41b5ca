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
      rule: '  await keep(tx, rows);',
      instead:
        "  for (const { seq } of events) await tx.engine.prepare('DELETE FROM inbox WHERE peer = ? AND lane = ? AND seq = ?').run([peer, lane, seq]);\n  await keep(tx, rows);",
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
      rule: 'if ((await dueTrips(agent, agent.store.read, now)).due.length === 0) return 0;',
      instead: `await agent.store.transaction(async (tx) => {${TAKE_BACK}});`,
    },
  ],
  /** A free seat somewhere in the coach is enough to claim this one. */
  'claims-by-count': [
    {
      file: 'seats/seat-rows.ts',
      rule: `sql\`\${claimed(t)} & \${value('legs')} = 0\`,
        sql\`\${t.seats.mine} & \${value('legs')} = \${value('legs')}\`,
      ),
    ),
);

export const release`,
      instead: `sql\`(SELECT count(*) FROM seats other WHERE other.held | other.sold = 0) > 0\`,
        sql\`\${t.seats.mine} & \${value('legs')} = \${value('legs')}\`,
      ),
    ),
);

export const release`,
    },
  ],
  /** A batch behind a gap is taken at once. */
  'jumps-a-hole': [
    {
      file: 'protocol/stream-receiver.ts',
      rule: 'if (batch.from > this.#position.ack + 1) {',
      instead: 'if (false) {',
    },
  ],
  /** The hub counts seats by the answer to its request, beside the lane. */
  'grants-counted-from-the-answer': [
    {
      file: 'inventory/seat-requests.ts',
      rule: 'return answer.ok && answer.value.granted > 0 ? arrival : false;',
      instead: `if (answer.ok) await this.#store.transaction(async (tx) => tx.engine.prepare('UPDATE seats SET mine = mine | ? WHERE trip_id = ? AND seat IN (SELECT seat FROM seats WHERE trip_id = ? AND mine & ? = 0 LIMIT ?)').run([legsBetween(from, to), tripId, tripId, legsBetween(from, to), answer.value.granted]));
    return answer.ok && answer.value.granted > 0 ? arrival : false;`,
    },
  ],
  /** A database that is older than its run marker goes on selling. */
  'restored-and-selling': [
    {
      file: 'sync/prove-continuity.ts',
      rule: 'if (finding) await loseContinuity(tx, finding, now);',
      instead: '',
    },
  ],
  /** A restored station goes on with the number ranges of its lost life. */
  'numbers-used-again': [{ file: 'sync/recovery.ts', rule: 'await dropOldRanges(tx);', instead: '' }],
  /** A restored station sells at once what it may have sold before. */
  'uncertain-seats-sold': [
    {
      file: 'sync/recovery.ts',
      rule: 'await blockUncertain(tx, { provenAt: until.provenAt ?? now, now });',
      instead: '',
    },
  ],
  /** A copy on another machine is admitted. */
  'copy-admitted': [
    {
      file: 'ingest/judge-hello.ts',
      rule: "if (known.installId !== installId) return refuse({ code: 'link.other-machine', detail: installId });",
      instead: '',
    },
    {
      file: 'ingest/station-link.ts',
      rule: 'if (await isCopy(store.read, hello)) return this.#turnAway(hello);',
      instead: '',
    },
  ],
  /** What the hub says to a copy, the station hears too. */
  'copy-turned-away-aloud': [
    {
      file: 'ingest/station-link.ts',
      rule: 'detail: installId.slice(0, 200), to: boot }',
      instead: 'detail: installId.slice(0, 200) }',
    },
  ],
  /** A hold that has ended can still be sold when the clock goes back. */
  'ended-hold-sold': [
    {
      file: 'seats/release-hold.ts',
      rule: ".set({ state: value('state') as never })",
      instead: ".set({ state: 'held' })",
    },
  ],
  /** The hub sells a freed seat before the gate knows that the old ticket is none. */
  'freed-seat-resold': [
    {
      file: 'orders/free-hub-seat.ts',
      rule: 'await (station || printed ? freeSeatElsewhere : freeSeat)(tx, ticket);',
      instead: 'await freeSeat(tx, ticket);',
    },
    { file: 'orders/free-hub-seat.ts', rule: 'seatFreed: hadSeat && station ? 1 : 0', instead: 'seatFreed: 0' },
  ],
  /** A station sells a freed seat whose ticket boards at another gate before that gate knows that it has ended. */
  'own-ticket-boarding-elsewhere-resold': [
    {
      file: 'tickets/free-ticket-seat.ts',
      rule: 'await (knows ? freeSeat : freeSeatElsewhere)(tx, ticket);',
      instead: 'await freeSeat(tx, ticket);',
    },
  ],
  /** A code on paper is read as one of the seat plan in force. */
  'code-without-epoch': [
    {
      file: 'boarding/presented-ticket.ts',
      rule: '    epoch: code.epoch,\n    seat: code.seat,',
      instead: '    epoch: newest,\n    seat: code.seat,',
    },
  ],
  /** A hub that knows of the one in its place sells on. */
  'second-hub-alive': [
    {
      file: 'restore/superseded.ts',
      rule: "return by === undefined ? undefined : refuse({ code: 'hub.may-not-sell', by });",
      instead: "return by === undefined || by > 0 ? undefined : refuse({ code: 'hub.may-not-sell', by });",
    },
  ],
  /** A restored hub sells what the origin of a trip has spoken of, and hears no boarding point. */
  'freeze-by-one-station-only': [
    {
      file: 'restore/restore-waits.ts',
      rule: 'return [...new Set([origin, ...stops.flatMap(({ station }) => (station === null ? [] : [station]))])];',
      instead: 'return stops.length > 0 ? [origin] : [];',
    },
  ],
  /** Answers are forgotten after ten minutes: a late repeat is a new request. */
  'answers-forgotten': [
    {
      file: 'store/answers.ts',
      rule: '    const tried = await unit(tx);',
      instead:
        '    await tx.engine.prepare("DELETE FROM answers WHERE at < ?").run([now - 600_000]);\n    const tried = await unit(tx);',
    },
  ],
  /** Any station ends any ticket that it knows. */
  'ended-away-from-home': [
    {
      file: 'tickets/ticket-at-home.ts',
      rule: "if (ticket.home !== agent.station.code) return refuse({ code: 'ticket.other-home', ticketNo, home: ticket.home });",
      instead: '',
    },
  ],
  /** Late money becomes tickets without a claim on the seats. */
  'late-payment-unseated': [
    {
      file: 'orders/payment-notified.ts',
      rule: '  return late && seatLate(hub, tx, late, now);',
      instead: `  const [old] = await tx.db.select().from(tx.t.holds).where(inArray(tx.t.holds.holdId, [order.holdId ?? '']));
  if (!late || !old || order.contact === null) return undefined;
  const { tripId, fromStop: from, toStop: to, seats, caller } = old;
  return { tripId, from, to, seats: JSON.parse(seats), legs: legsBetween(from, to), caller };`,
    },
  ],
  /** Each payment of an order is taken for its tickets. */
  'double-payment-kept': [
    {
      file: 'orders/payment-notified.ts',
      rule: 'if (!isFirst || !fits) {',
      instead: "if (!isFirst) return done<TakenPayment>({ orderId, became: 'known' });\n    if (!fits) {",
    },
  ],
  /** The hub gives away a seat whose gate has not heard of the refund. */
  'freed-seat-granted': [
    {
      file: 'seats/seat-rows.ts',
      rule: `        oneSeat(t),
        sql\`\${claimed(t)} & \${value('legs')} = 0\`,
        sql\`\${t.seats.mine} & \${value('legs')} = \${value('legs')}\`,
      ),
    ),
);

/** Legs that were given`,
      instead: `        oneSeat(t),
        sql\`(\${t.seats.held} | \${t.seats.sold} | \${t.seats.blocked}) & \${value('legs')} = 0\`,
        sql\`\${t.seats.mine} & \${value('legs')} = \${value('legs')}\`,
      ),
    ),
);

/** Legs that were given`,
    },
    {
      file: 'domain/seats.ts',
      rule: `    !meets(state.freed, legs) &&
    !meets(state.blocked, legs)`,
      instead: '    !meets(state.blocked, legs)',
    },
  ],
  /** A grant of an older seat plan is received under its old label. */
  'old-grant-as-is': [
    {
      file: 'seats/receive-grant.ts',
      rule: 'const places = await placesNow(tx, fact);',
      instead: 'const places = [{ tripId, seat, legs: legs as never }];',
    },
  ],
  /** Who began anew because a request had never arrived is not safe from its late original. */
  'key-not-burnt': [
    {
      file: 'orders/intent-state.ts',
      rule: "return done({ kept: burn ? await burnKey(tx, mine, now) : 'unknown' });",
      instead: "return done({ kept: burn ? undefined : 'unknown' });",
    },
    {
      file: 'sync/hub-requests.ts',
      rule: 'const seen = await burnKey(tx, { caller: ASKING.id, key }, clock.now());',
      instead:
        'const kept = await answerUnder(tx, { caller: ASKING.id, key });\n    const seen = kept === "burnt" ? undefined : kept;',
    },
    {
      file: 'sync/hub-requests.ts',
      rule: 'import { burnKey } from',
      instead: 'import { answerUnder } from',
    },
  ],
  /** The hub goes on with a backup as if nothing had happened. */
  'restored-hub-selling': [
    {
      file: 'restore/begin-restore.ts',
      rule: 'for (const { tripId } of ahead) await freezeTrip(tx, tripId, now);',
      instead: '',
    },
  ],
  /** A restored hub without its marker trusts its backup. */
  'lost-marker-of-the-hub-ignored': [
    {
      file: 'restore/finish-restore.ts',
      rule: 'marked[lane] === null || marked[lane] > ours[lane].out.next - 1',
      instead: 'marked[lane] !== null && marked[lane]! > ours[lane].out.next - 1',
    },
  ],
  /** A restored hub sells as soon as the first station was heard. */
  'thawed-by-the-first-station': [
    {
      file: 'restore/restore-waits.ts',
      rule: 'return waiting.filter((station) => parties.includes(station));',
      instead: 'return [];',
    },
  ],
  /** After a restore a leg is owned by the grant that came back last. */
  'ownership-set-and-cleared': [
    {
      file: 'seats/count-ownership.ts',
      rule: "for (const { legs, direction } of transfers) if (meets(legs, leg)) count += direction === 'received' ? 1 : -1;",
      instead:
        "for (const { legs, direction } of transfers) if (meets(legs, leg)) count = direction === 'received' ? 1 : 0;",
    },
  ],
  /** A restored station blocks what it has, and sells what is sent again afterwards. */
  'sent-again-and-sold': [
    {
      file: 'sync/recovery.ts',
      rule: 'for (const lane of LANES) if ((await receivedPosition(tx, HUB, lane)).ack < until[lane]) return false;',
      instead: '',
    },
  ],
  /** The yes of the old ticket's home counts, whenever it comes. */
  'exchange-finished-late': [
    {
      file: 'exchange/end-exchange.ts',
      rule: 'if (!sold.ok || (await hasLeft(tx, trip, ticket.from))) {',
      instead: 'if (!sold.ok) {',
    },
  ],
  /** Whoever looks at a hold ends it by a clock of their own. */
  'hold-ended-by-the-reader': [
    {
      file: 'seats/claim-seats.ts',
      rule: "for (const { holdId } of await due(tx, { now, tripId: wanted.tripId })) await releaseHold(tx, holdId, 'expired');",
      instead:
        "for (const { holdId } of await due(tx, { now: Date.now(), tripId: wanted.tripId })) await tx.engine.prepare('UPDATE seats SET held = 0 WHERE trip_id = ? AND seat IN (SELECT value FROM json_each((SELECT seats FROM holds WHERE hold_id = ?)))').run([wanted.tripId, holdId]);",
    },
  ],
  /** What a restored hub had given away since its backup stays sold to others. */
  'forgotten-ends-alive': [{ file: 'restore/finish-restore.ts', rule: 'await endForgotten(tx, now);', instead: '' }],
  /** A restored hub says new things before it has heard what it said. */
  'said-before-heard': [
    {
      file: 'gates/say-when-known.ts',
      rule: '(wait === undefined || wait.untilSeat !== null) && ',
      instead: '',
    },
  ],
  /** A home that has lost its answer to an exchange says no. */
  'exchange-answer-lost': [
    {
      file: 'exchange/rebook-away.ts',
      rule: "if (old.state === 'rebooked' && (await saidYes(tx, exchangeId)))",
      instead: 'if (false)',
    },
  ],
  /** What broke off half way at the other side counts as refused. */
  'half-way-taken-for-a-no': [{ file: 'link/peer-requests.ts', rule: ' || halfway === true', instead: '' }],
};
