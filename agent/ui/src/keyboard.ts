import { commandFor, type KeyPress, keyName, numLockIsOff, possible, reasonAgainst } from '@lianpiao/shared/ui/keys';
import { ScanCatcher } from '@lianpiao/shared/ui/scan-catcher';
import type { CounterCommand } from './commands/command.ts';
import type { Counter } from './counter-state.ts';
import type { Desk } from './desk.ts';
import { routeScan } from './route-scan.ts';
import { commandsOf, globalsOf, modeOf, modeUnder } from './screens.ts';

/** Keys that write in a real text field, whatever they do elsewhere. */
const FIELD_KEYS = new Set(['Backspace', 'Left', 'Right', 'Home', 'End', 'Del', 'Ins', 'Space', 'Tab']);

/** Runs a command if it can run, else says why not. A committing command needs a fresh press of its key. */
export function runCommand(desk: Desk, command: CounterCommand, pressed: string, repeated: boolean): void {
  if (command.commits && repeated) return;
  const state = desk.state();
  if (possible(command, state)) {
    void command.run(desk, pressed);
    return;
  }
  const reason = reasonAgainst(command, state);
  if (reason) desk.note(reason);
}

/** Runs a command of the screen underneath by its name, for the palette and for buttons. What commits keeps its own key as the decision. */
export function runNamed(desk: Desk, name: string): void {
  const mode = modeUnder(desk.state());
  const command = [...commandsOf(modeOf(desk.state())), ...commandsOf(mode), ...globalsOf(mode)].find(
    (listed) => listed.name === name,
  );
  if (!command) return;
  const key = typeof command.key === 'string' ? command.key : command.key[0]!;
  if (command.commits) desk.note('note.own-key', { key });
  else runCommand(desk, command, key, false);
}

/** Reads every key of the page, before any field does. */
export function listenToKeys(desk: Desk, page: Window): void {
  const catcher = new ScanCatcher();
  let beforeBurst: Counter | null = null;

  page.addEventListener(
    'keydown',
    (event) => {
      const field = event.target instanceof HTMLInputElement;
      const caught = catcher.feed(event.key, event.timeStamp);
      if (caught.kind === 'first') beforeBurst = desk.state();
      if (!field && caught.kind !== 'typed' && caught.kind !== 'first') {
        event.preventDefault();
        // Keys of the burst that went through as typed are taken back.
        if (caught.kind === 'began' && beforeBurst)
          desk.ref.value = { ...beforeBurst, now: desk.state().now, link: desk.state().link };
        if (caught.kind === 'scanned') routeScan(desk, caught.text);
        return;
      }
      pressedKey(desk, event, event.repeat, field);
    },
    { capture: true },
  );
}

function pressedKey(desk: Desk, event: KeyPress & { preventDefault(): void }, repeated: boolean, field: boolean): void {
  const pressed = keyName(event);
  if (pressed === null || event.key === 'Shift' || event.key === 'Alt' || event.key === 'Control') return;
  const mode = modeOf(desk.state());
  if (field && (FIELD_KEYS.has(pressed) || (pressed.length === 1 && !(pressed === '+' && mode === 'depart')))) return;
  const command = commandFor([...commandsOf(mode), ...globalsOf(mode)], pressed);
  if (/^F\d/.test(pressed) || command) event.preventDefault();
  if (desk.state().note || desk.state().numLockOff !== numLockIsOff(event))
    desk.change({ note: null, numLockOff: numLockIsOff(event) });
  if (command) runCommand(desk, command, pressed, repeated);
}
