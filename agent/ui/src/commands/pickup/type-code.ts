import type { CounterCommand } from '../command.ts';
import { changePickup } from './change-pickup.ts';

/** The longest of what can be typed here is a resident ID number. */
const TYPED_MAX = 18;

export const typeCode: CounterCommand = {
  name: 'pickup.type',
  zh: '取票号或身份证号',
  en: 'Pickup code or ID number',
  key: ['digits', 'x'],
  shown: 'typing',
  run: (desk, pressed) => {
    const { done, ...pickup } = desk.state().pickup;
    const typed = done ? '' : pickup.typed;
    if (typed.length < TYPED_MAX) changePickup(desk, { typed: typed + pressed.toUpperCase(), found: null, done: null });
  },
};
