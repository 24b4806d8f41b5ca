import { yuan } from '@lianpiao/shared/ui/format';
import type { Desk } from '../desk.ts';
import { newKey } from '../new-key.ts';
import { judgeTender } from './money-entry.ts';
import { totals } from './sale-state.ts';

/** Sells for cash. The key was made when the payment opened: the same question asked twice is one sale. */
export async function pay(desk: Desk): Promise<void> {
  const { sale } = desk.state();
  const { dueFen } = totals(sale);
  const tender = judgeTender({
    typed: sale.money.typed,
    dueFen,
    openForMs: desk.now() - sale.money.openedAt,
    warned: sale.money.warned,
  });
  if (tender.kind === 'too-soon' || !sale.held || sale.money.busy) return;
  if (tender.kind === 'too-little') return desk.note('note.too-little', { missing: yuan(tender.missingFen) });
  if (tender.kind === 'unusual') {
    desk.sale({ is: 'moneyWarned' });
    return desk.note('note.unusual', { got: yuan(tender.receivedFen), due: yuan(dueFen) });
  }
  desk.sale({ is: 'payAsked' });
  const passengers = sale.lines.map((line) => ({
    ...(line.seat === null ? {} : { seat: line.seat }),
    fareType: line.fareType,
    name: line.document!.name,
    idType: line.document!.idType,
    idNo: line.document!.idNo,
  }));
  const answer = await desk.api.sell(
    {
      holdId: sale.held.holdId,
      passengers,
      payMethod: 'cash',
      receivedFen: tender.receivedFen,
      insuranceFenEach: sale.insuranceFenEach,
      print: true,
    },
    sale.money.key,
  );
  if (answer.ok) {
    desk.sale({ is: 'sold', sold: answer.value, date: desk.today() });
    desk.change({ last: desk.state().sale.receipt, boardMoved: false });
    return;
  }
  // Without an answer the sale may have been made: the same key is asked again. A refusal is an answer.
  desk.sale({ is: 'payRefused', key: answer.problem.status === 0 ? sale.money.key : newKey() });
  desk.fail(answer.problem);
}
