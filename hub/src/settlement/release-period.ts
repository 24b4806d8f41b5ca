import { done, refuse } from '@lianpiao/shared/domain/outcome';
import type { PeriodEvent } from '@lianpiao/shared/domain/period';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { answerOnce } from '@lianpiao/shared/store/answers';
import { audit } from '@lianpiao/shared/store/audit';
import type { Call } from '@lianpiao/shared/store/call';
import type { HubStore } from '../store/hub-store.ts';
import { findPeriod, movePeriod } from './period-rows.ts';

/** Steps of a person on the way of a netted period to the bank. */
export type ReleaseStep = Extract<PeriodEvent, 'submit' | 'approve' | 'send'>;

const PAST = { submit: 'period.submitted', approve: 'period.approved', send: 'period.sent' } as const;

/** 复核: one person submits a netted period for payment, another one approves it; then it is sent. */
export function releasePeriod(
  store: HubStore,
  call: Call,
  { periodId, step }: { readonly periodId: string; readonly step: ReleaseStep },
  now: EpochMs,
) {
  return answerOnce(store, call, `${step}-period`, now, async (tx) => {
    const { clerk } = call.caller;
    if (clerk === null) return refuse({ code: 'period.needs-a-person', periodId });
    const period = await findPeriod(tx, periodId);
    if (!period) return refuse({ code: 'period.unknown', periodId });
    if (step === 'approve' && period.submittedBy === clerk) return refuse({ code: 'period.same-person', periodId });
    const changes = step === 'submit' ? { submittedBy: clerk } : {};
    if (!(await movePeriod(tx, periodId, step, changes))) {
      return refuse({ code: 'period.not-ready', periodId, state: period.state });
    }
    await audit(tx, call.caller, PAST[step], periodId, now);
    return done({ periodId, state: (await findPeriod(tx, periodId))!.state });
  });
}
