import type { ServiceDate } from '@lianpiao/shared/domain/service-day';
import { momentOf } from '../counter-state.ts';
import type { Desk } from '../desk.ts';

/** Goes to the trips of a destination on a date and asks the agent for them. A late answer to an older question is not shown. */
export async function askOffers(
  desk: Desk,
  destination: { code: string; name: string },
  date: ServiceDate,
): Promise<void> {
  desk.sale({ is: 'destinationTaken', destination, date });
  const { ask } = desk.state().sale;
  const answer = await desk.api.trips(destination.code, date);
  if (desk.state().sale.ask !== ask) return;
  if (answer.ok) {
    desk.sale({ is: 'offersCame', ask, offers: answer.value, moment: momentOf(desk.state()) });
    return;
  }
  desk.sale({ is: 'offersRefused', ask });
  desk.fail(answer.problem);
}
