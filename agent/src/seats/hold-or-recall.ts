import type { HoldInput } from '@lianpiao/shared/protocol/ticketing';
import type { Call } from '@lianpiao/shared/store/call';
import type { AgentDesk } from '../agent-desk.ts';
import { holdSeats } from './hold-seats.ts';
import type { SeatRecalls } from './seat-recalls.ts';

/**
 * 锁座 at the station: of its own seats, and where they are sold out of those that the hub gives back. Without the link the
 * refusal is the same as ever, and nobody waits.
 */
export async function holdOrRecall(
  { agent, clock }: Pick<AgentDesk, 'agent' | 'clock'>,
  recalls: SeatRecalls,
  call: Call,
  input: HoldInput,
) {
  const first = await holdSeats(agent, call, input, clock.now());
  if (first.ok || first.refusal.code !== 'seat.sold-out' || input.seats) return first;
  const came = await recalls.fetch(input, clock.now());
  return came ? holdSeats(agent, call, input, clock.now()) : first;
}
