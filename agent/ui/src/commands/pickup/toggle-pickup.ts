import type { CounterCommand } from '../command.ts';
import { changePickup } from './change-pickup.ts';

export const togglePickup: CounterCommand = {
  name: 'pickup.toggle',
  zh: '选/不选',
  en: 'Choose or leave out',
  initials: 'xbx',
  key: 'Space',
  can: ({ pickup }) => (pickup.found?.length ?? 0) > 0 && !pickup.done,
  run: (desk) => {
    const { found, cursor, chosen } = desk.state().pickup;
    const no = found?.[cursor]?.ticketNo;
    if (no)
      changePickup(desk, { chosen: chosen.includes(no) ? chosen.filter((other) => other !== no) : [...chosen, no] });
  },
};
