import type { FactHandlers } from '@lianpiao/shared/link/facts';
import type { Hub } from '../hub.ts';
import { raiseAlarm } from '../raise-alarm.ts';
import type { HubTables } from '../store/tables.ts';

/** Lane `ev`: a station's wall clock was set or is far off. Nothing is corrected here: its facts are dated by corrected time. */
export function clockFacts({ clock }: Pick<Hub, 'clock'>): FactHandlers<HubTables> {
  return {
    'clock.jump': (tx, { fact }, station) => {
      const { stepMs, offsetMs, wallAt } = fact;
      const detail = `set by ${stepMs} ms, lacks ${offsetMs ?? 'unknown'} ms, showed ${new Date(wallAt).toISOString()}`;
      return raiseAlarm(tx, 'clock.jump', station, detail, clock.now());
    },
  };
}
