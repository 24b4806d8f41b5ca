import { commandFor } from '@lianpiao/shared/ui/keys';
import { scanForm } from '@lianpiao/shared/ui/scan-catcher';
import { boardShown, shownAs } from './commands/boarding/board-shown.ts';
import { askPickup, proofOf } from './commands/pickup/ask-pickup.ts';
import { FORGOTTEN } from './commands/tickets/pick-slice.ts';
import type { Counter } from './counter-state.ts';
import type { Desk } from './desk.ts';
import { commandsOf, modeOf } from './screens.ts';

/** A scanned code goes where its form and the open screen say. Unknown text is dropped with a word, never typed. */
export function routeScan(desk: Desk, text: string): void {
  if (!taken(desk, text)) desk.note('note.scan-unknown');
}

function taken(desk: Desk, text: string): boolean {
  const mode = modeOf(desk.state());
  const form = scanForm(text);
  const { boarding, sale } = desk.state();
  if (mode === 'sale.document' && sale.entry && form === 'document') {
    desk.sale({ is: 'entryChanged', entry: { ...sale.entry, idNo: text.toUpperCase() } });
    return true;
  }
  if (mode === 'gate' && boarding.trip) {
    void boardShown(desk, shownAs(boarding.trip.tripId, text));
    return true;
  }
  if (mode === 'pickup') {
    const read = proofOf(text);
    if ('proof' in read) void askPickup(desk, read.proof);
    return 'proof' in read;
  }
  if (form !== 'ticket' || (mode !== 'refund' && mode !== 'void' && mode !== 'reprint' && mode !== 'rebook'))
    return false;
  const name = mode === 'void' ? 'voiding' : mode;
  desk.change({ [name]: { ...desk.state()[name], typed: text, ticket: null, ...FORGOTTEN[name] } } as Partial<Counter>);
  void commandFor(commandsOf(mode), 'Enter')?.run(desk, 'Enter');
  return true;
}
