/** The way of a period, in order. `partlySettled` stands on the way from sent to settled. */
export const PERIOD_WAY = ['open', 'closed', 'reconciled', 'netted', 'pending', 'approved', 'sent', 'settled'] as const;

/** How far a period is on its way. A break has been closed and no more; who was aborted starts again there. */
export function stepOf(state: string): number {
  if (state === 'break' || state === 'aborted') return PERIOD_WAY.indexOf('closed');
  if (state === 'partlySettled') return PERIOD_WAY.indexOf('sent');
  return (PERIOD_WAY as readonly string[]).indexOf(state);
}

export type ReleaseStep = 'submit' | 'approve' | 'send';

/** What a person does next with a period; null where a job or the bank is next. */
export function nextRelease(state: string): ReleaseStep | null {
  if (state === 'netted') return 'submit';
  if (state === 'pending') return 'approve';
  return state === 'approved' ? 'send' : null;
}
