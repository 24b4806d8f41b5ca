import type { Agent } from '@lianpiao/agent/agent';
import { holdSeats } from '@lianpiao/agent/seats/hold-seats';
import { CLERK, call, freshAgent } from '@lianpiao/agent/testing/fresh-agent';
import { sell } from '@lianpiao/agent/tickets/sell';
import { importTrips } from '@lianpiao/agent/trips/import-trips';
import { aPassenger, aTrip, NOON } from '@lianpiao/shared/testing/builders';

/**
 * A station in a process of its own that sells and sells, and says each ticket on a line once it is sold. `inside`: it is
 * killed in the sixth sale, when everything is written and nothing is committed. `behind`: it is killed right behind the
 * commit of the sixth. `full`: it sells until it cannot, and says with which code.
 */
export type SellingMode = 'inside' | 'behind' | 'full';
export type SellingSays =
  | { readonly folder: string }
  | { readonly ticketNo: string }
  | { readonly code: string }
  | { readonly holdId: string };

/** The call and the passenger of sale `index`. Synthetic people. */
export function saleNo(index: number, holdId: string) {
  const passengers = [{ ...aPassenger(index), fareType: 'full' as const }];
  return {
    call: { caller: CLERK, key: `sale-${index}`, bodyHash: `sale-${index}` },
    input: { holdId, passengers, payMethod: 'cash' as const, insuranceFenEach: 0, print: true },
  };
}

export const DEADLY_SALE = 5;

async function sellUntilTheEnd(mode: SellingMode): Promise<void> {
  const say = (line: SellingSays) => process.stdout.write(`${JSON.stringify(line)}\n`);
  const die = () => process.kill(process.pid, 'SIGKILL');
  const fresh = await freshAgent();
  say({ folder: fresh.folder });
  const deadly: Agent['store'] = {
    ...fresh.store,
    transaction: async (unit) => {
      const done = await fresh.store.transaction(async (tx) => {
        const value = await unit(tx);
        if (mode === 'inside') die();
        return value;
      });
      die();
      return done;
    },
  };
  try {
    for (let index = 0; ; index += 1) {
      const trip = aTrip({ tripNo: `K${index}` });
      await importTrips(fresh, [trip], NOON);
      const held = await holdSeats(fresh, call(), { tripId: trip.tripId, from: 0, to: 2, count: 1 }, NOON);
      if (!held.ok) throw new Error(held.refusal.code);
      const { holdId } = held.value;
      const sale = saleNo(index, holdId);
      const last = index === DEADLY_SALE && mode !== 'full';
      if (last) say({ holdId });
      const sold = await sell(last ? { ...fresh, store: deadly } : fresh, sale.call, sale.input, NOON);
      if (!sold.ok) throw new Error(sold.refusal.code);
      say({ ticketNo: sold.value.tickets[0]!.ticketNo });
    }
  } catch (cause) {
    say({ code: String((cause as { code?: unknown }).code ?? cause) });
  }
}

if (process.argv[1] === import.meta.filename) await sellUntilTheEnd(process.argv[2] as SellingMode);
