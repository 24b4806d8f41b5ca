import type { Agent } from '@lianpiao/agent/agent';
import { DEFAULT_RULES } from '@lianpiao/shared/domain/rules';
import { activateRules } from '@lianpiao/shared/store/rules';

/** Lets one counter hold as many seats as a measurement wants to sell; no counter of a station may. */
export function letHoldMany({ store }: Pick<Agent, 'store'>): Promise<void> {
  const hold = { ...DEFAULT_RULES.hold, seatsMax: { terminal: 1_000_000, system: 1_000_000 } };
  return store.transaction((tx) => activateRules(tx, { ...DEFAULT_RULES, version: 'bench-1', validFrom: 1, hold }));
}
