/** Times of a stop as a file gives them; null where it gives none. */
export type ClockTimes = { readonly arrives: number | null; readonly departs: number | null };

export type ClockRules = { readonly crosses: boolean; readonly legMinutesMax: number };

export type RunningTimes = { readonly arrives: number; readonly departs: number };

const DAY = 1440;

/**
 * Times that run on past midnight, from times of day.
 *
 * A time earlier than the one before it is on the next day, if the coach is then on its way for no longer than
 * `legMinutesMax`; otherwise it is left as it is and shows as falling. A stop with one time stands for no time; a stop
 * with none (null) cannot be placed.
 */
export function runningTimes(stops: readonly ClockTimes[], rules: ClockRules): (RunningTimes | null)[] {
  let before: number | null = null;
  const run = (time: number): number => {
    const running: number = before === null ? time : nextDay(time, before, rules);
    before = running;
    return running;
  };
  return stops.map((stop, index) => {
    // At its ends a trip has one time; a file may hold anything in the other.
    const arrives = index === 0 ? null : stop.arrives;
    const departs = index === stops.length - 1 ? null : stop.departs;
    const first = arrives ?? departs ?? stop.arrives ?? stop.departs;
    if (first === null) return null;
    const arrivesAt = run(first);
    return { arrives: arrivesAt, departs: departs === null ? arrivesAt : run(departs) };
  });
}

function nextDay(time: number, before: number, { crosses, legMinutesMax }: ClockRules): number {
  if (time >= before || !crosses) return time;
  const running = time + Math.ceil((before - time) / DAY) * DAY;
  return running - before <= legMinutesMax ? running : time;
}
