import type { ServiceDate } from '@lianpiao/shared/domain/service-day';
import { clashes, keysOf, singleKeys } from '@lianpiao/shared/ui/keys';
import { describe, expect, it } from 'vitest';
import { freshCounter } from './counter-state.ts';
import { commandsOf, GLOBAL_COMMANDS, globalsOf, MODES, modeOf } from './screens.ts';

const NAMED =
  /^(Enter|Esc|Up|Down|Left|Right|PgUp|PgDn|Home|End|Ins|Del|Space|Backspace|F([1-9]|1[0-2])|Alt\+[A-Z]|Ctrl\+[A-Z]|[a-z0-9+*/.[\]-])$/;
/** Keys that a browser takes for itself whatever the page says. */
const BROWSER_OWNS = ['Ctrl+N', 'Ctrl+T', 'Ctrl+W', 'F11'];

describe.each(MODES)('the keys of %s', (mode) => {
  const commands = [...commandsOf(mode), ...globalsOf(mode)];

  it('mean one thing each, those of everywhere included', () => {
    expect(clashes(commands)).toEqual([]);
  });

  it('are keys that a keyboard has and a browser leaves to the page', () => {
    const keys = commands.flatMap((command) => keysOf(command).flatMap(singleKeys));
    expect(keys.filter((key) => !NAMED.test(key) || BROWSER_OWNS.includes(key))).toEqual([]);
  });

  it('are said in both languages', () => {
    expect(
      commands.filter(
        (command) =>
          command.zh.trim() === '' ||
          command.en.trim() === '' ||
          /\p{Script=Han}/u.test(command.en.replace('中文', '')),
      ),
    ).toEqual([]);
  });
});

it('gives every command of a screen a name of its own', () => {
  for (const mode of MODES) {
    const names = [...commandsOf(mode), ...GLOBAL_COMMANDS].map((command) => command.name);
    expect(new Set(names).size).toBe(names.length);
  }
});

it('leaves a way back from everywhere', () => {
  const without = MODES.filter(
    (mode) =>
      mode !== 'starting' && mode !== 'signIn' && !commandsOf(mode).some((command) => keysOf(command).includes('Esc')),
  );
  expect(without).toEqual([]);
});

it('never commits with Enter outside the sale and the gate: there the plus key is the decision', () => {
  const committing = MODES.filter((mode) =>
    commandsOf(mode).some((command) => command.commits && keysOf(command).includes('Enter')),
  );
  expect(committing.sort()).toEqual(['gate', 'sale.payment', 'sale.seats', 'sale.trips']);
});

it('is in the mode of what lies on top', () => {
  const counter = { ...freshCounter('20251121' as ServiceDate, '001', 0), session: null };
  expect([modeOf(counter), modeOf({ ...counter, overlay: 'help' })]).toEqual(['signIn', 'help']);
});
