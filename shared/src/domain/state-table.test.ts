import { describe, expect, it } from 'vitest';
import { ORDER_STATES } from './order.ts';
import { PERIOD_STATES } from './period.ts';
import { PRINT_JOB_STATES } from './print-job.ts';
import { canMove, type StateTable, stateAfter, statesBefore, targets, waitingStates } from './state-table.ts';
import { boardedFrom, holdsSeat, isEnded, stateAfterUnboard, TICKET_STATES } from './ticket.ts';
import { isLetDown, TRIP_STATES } from './trip-states.ts';

type AnyTable = StateTable<string, string>;
const TABLES: readonly AnyTable[] = [TICKET_STATES, TRIP_STATES, ORDER_STATES, PERIOD_STATES, PRINT_JOB_STATES];

/** States that can be reached from `start` by any events, `start` included. */
function reachable(table: AnyTable, start: string): Set<string> {
  const seen = new Set([start]);
  for (const state of seen) {
    for (const edge of table.edges) if (edge.from.includes(state)) seen.add(edge.to);
  }
  return seen;
}

const waysOut = (table: AnyTable, state: string) => table.edges.filter((edge) => edge.from.includes(state));

describe.each(TABLES.map((table) => [table.thing, table] as const))('the states of a %s', (_thing, table) => {
  it('name every state once and the events lead only to and from named states', () => {
    expect(new Set(table.states).size).toBe(table.states.length);
    const used = table.edges.flatMap((edge) => [edge.to, ...edge.from]);
    expect(
      [table.initial, ...table.terminal, ...table.resting, ...used].filter((s) => !table.states.includes(s)),
    ).toEqual([]);
  });

  it('can all be reached from the first one', () => {
    expect([...reachable(table, table.initial)].sort()).toEqual([...table.states].sort());
  });

  it('end only where the table says so', () => {
    expect(table.states.filter((state) => waysOut(table, state).length === 0)).toEqual(
      table.states.filter((state) => table.terminal.includes(state)),
    );
    expect(table.resting.filter((state) => table.terminal.includes(state))).toEqual([]);
  });

  it('never leave a thing going round for ever: each one leads on to a terminal or resting state', () => {
    const ends = [...table.terminal, ...table.resting];
    expect(table.states.filter((state) => !ends.some((end) => reachable(table, state).has(end)))).toEqual([]);
  });

  it('have no event that leads twice to the same state, or from a state to itself', () => {
    const moves = table.edges.flatMap((edge) => edge.from.map((from) => `${from} -${edge.event}-> ${edge.to}`));
    expect(new Set(moves).size).toBe(moves.length);
    expect(table.edges.filter((edge) => edge.from.includes(edge.to))).toEqual([]);
  });
});

describe('a state table', () => {
  it('says which events may happen in a state and where they lead', () => {
    expect(canMove(TICKET_STATES, 'sold', 'refund')).toBe(true);
    expect(canMove(TICKET_STATES, 'boarded', 'refund')).toBe(false);
    expect(stateAfter(TICKET_STATES, 'forfeited', 'board')).toBe('boarded');
    expect(statesBefore(TICKET_STATES, 'void')).toEqual(['sold', 'collected']);
    expect(targets(TICKET_STATES, 'voided', 'board')).toEqual([]);
  });

  it('calls it a bug to ask for a move that is not there or that has several ends', () => {
    expect(() => stateAfter(TICKET_STATES, 'refunded', 'board')).toThrow('exactly one state');
    expect(() => stateAfter(TICKET_STATES, 'boarded', 'unboard')).toThrow('exactly one state');
  });

  it('names the states that need a watchdog', () => {
    expect(waitingStates(ORDER_STATES)).toEqual(['created', 'held', 'paying', 'paid', 'paidLate']);
    expect(waitingStates(PRINT_JOB_STATES)).toEqual(['queued', 'sending', 'unknown', 'failedBeforeSend']);
  });
});

describe('a ticket', () => {
  it('lives as the documents draw it: sold, collected, boarded, departed', () => {
    const line = [TICKET_STATES.initial];
    for (const event of ['collect', 'board', 'depart'] as const) {
      line.push(stateAfter(TICKET_STATES, line.at(-1)!, event));
    }
    expect(line).toEqual(['sold', 'collected', 'boarded', 'departed']);
    expect(statesBefore(TICKET_STATES, 'depart')).toEqual(['boarded']);
    expect(statesBefore(TICKET_STATES, 'refund')).toEqual(['sold', 'collected', 'forfeited']);
  });

  it('has its earlier state back after a boarding is undone, or the end that its home had given it meanwhile', () => {
    const before = statesBefore(TICKET_STATES, 'board');
    for (const state of before) expect(stateAfterUnboard(boardedFrom(state)!)).toBe(state);
    for (const state of ['refunded', 'voided', 'rebooked'] as const) expect(stateAfterUnboard(state)).toBe(state);
    const ended = TICKET_STATES.states.filter(isEnded);
    expect(targets(TICKET_STATES, 'boarded', 'unboard').sort()).toEqual([...before, ...ended].sort());
  });

  it('cannot be boarded from any other state', () => {
    expect(TICKET_STATES.states.filter((state) => boardedFrom(state) !== null)).toEqual(
      statesBefore(TICKET_STATES, 'board'),
    );
  });

  it('is never ended and on its seat at the same time', () => {
    expect(TICKET_STATES.states.filter((state) => holdsSeat(state) && isEnded(state))).toEqual([]);
    expect(TICKET_STATES.states.filter(isEnded)).toEqual(TICKET_STATES.terminal);
  });
});

describe('a trip', () => {
  it('lets passengers down only in states in which it does not run, and merging is not one of them', () => {
    expect(TRIP_STATES.states.filter(isLetDown)).toEqual(['suspended', 'missed', 'cancelled']);
  });
});
