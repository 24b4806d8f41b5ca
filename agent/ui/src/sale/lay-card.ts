import { NATIONAL_FARE_RULES } from '@lianpiao/shared/domain/fare-type';
import type { ServiceDate } from '@lianpiao/shared/domain/service-day';
import type { Card } from '../counter-bodies.ts';
import type { Desk } from '../desk.ts';
import { newKey } from '../new-key.ts';
import { putDocument, waitingLine } from './passenger-lines.ts';

/**
 * A document came from the reader: it fills the next waiting line, or waits itself for the next customer, who often lays it
 * down early. It never needs a key and never adds a passenger.
 */
export function layCard(desk: Desk, card: Card): void {
  const { sale } = desk.state();
  const filling = sale.step === 'passengers' && sale.offer !== null;
  const put = filling
    ? putDocument(sale.lines, card, sale.offer!.serviceDate as ServiceDate, NATIONAL_FARE_RULES)
    : null;
  if (put && !put.ok) {
    const { code, ...facts } = put.refusal;
    desk.fail({ code, facts });
    return;
  }
  if (!put || put.value === null) {
    desk.change({ nextCard: card });
    return;
  }
  desk.sale({ is: 'entryChanged', entry: null });
  desk.sale({ is: 'linesChanged', lines: put.value });
  if (waitingLine(put.value) < 0) desk.sale({ is: 'paymentOpened', at: desk.now(), key: newKey() });
}
