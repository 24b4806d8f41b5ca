import { describe, expect, it } from 'vitest';
import { type Departure, LineWindow, WINDOW_BYTES_MIN } from './line-window.ts';

/** A line that delivers so many bytes a ms, first in, first out, and confirms what it delivered a round trip later. */
type Line = { bytesPerMs: number; roundTripMs: number; burstMs?: number };
const BATCH_BYTES = 16_000;

/** Keeps the line as full as the window lets, for so long; what was delivered, and the longest wait in the queue. */
function drive(window: LineWindow, line: Line, fromMs: number, ms: number) {
  let freeAt = fromMs;
  let delivered = 0;
  let queueMsMax = 0;
  const underWay: { departure: Departure; backAt: number }[] = [];
  for (let now = fromMs; now < fromMs + ms; now += 5) {
    const heard = line.burstMs ? now % line.burstMs === 0 : true;
    while (heard && underWay[0] && underWay[0].backAt <= now) {
      window.confirmed(underWay.shift()!.departure, now);
      delivered += BATCH_BYTES;
    }
    while (window.hasRoom(now)) {
      freeAt = Math.max(now, freeAt) + BATCH_BYTES / line.bytesPerMs;
      underWay.push({ departure: window.departed(BATCH_BYTES, true, now), backAt: freeAt + line.roundTripMs });
    }
    // What is asked at this moment waits until the line is free.
    if (now > fromMs + 3_000) queueMsMax = Math.max(queueMsMax, freeAt - now);
  }
  for (const { departure } of underWay) window.lost(departure);
  return { delivered, queueMsMax, shareOfLine: delivered / (ms * line.bytesPerMs) };
}

describe('the window of a line', () => {
  it.each([
    { name: '2 Mbps and 300 ms', line: { bytesPerMs: 250, roundTripMs: 300 } },
    { name: '2 Mbps and 30 ms', line: { bytesPerMs: 250, roundTripMs: 30 } },
    { name: '20 Mbps and 100 ms', line: { bytesPerMs: 2500, roundTripMs: 100 } },
  ])('keeps a line of $name full, and what is asked meanwhile waits 300 ms at most', ({ line }) => {
    const { shareOfLine, queueMsMax } = drive(new LineWindow(), line, 0, 60_000);
    expect(shareOfLine).toBeGreaterThan(0.9);
    expect(queueMsMax).toBeLessThan(300);
  });

  it('lets less out when the line has become slower, within seconds', () => {
    const window = new LineWindow();
    drive(window, { bytesPerMs: 250, roundTripMs: 300 }, 0, 20_000);
    const { queueMsMax } = drive(window, { bytesPerMs: 60, roundTripMs: 300 }, 20_000, 20_000);
    expect(queueMsMax).toBeLessThan(2_000);
    expect(drive(window, { bytesPerMs: 60, roundTripMs: 300 }, 40_000, 20_000).queueMsMax).toBeLessThan(700);
  });

  it('finds a longer way out, and fills that line too', () => {
    const window = new LineWindow();
    drive(window, { bytesPerMs: 250, roundTripMs: 30 }, 0, 20_000);
    drive(window, { bytesPerMs: 250, roundTripMs: 500 }, 20_000, 30_000);
    expect(drive(window, { bytesPerMs: 250, roundTripMs: 500 }, 50_000, 30_000).shareOfLine).toBeGreaterThan(0.85);
  });

  it('lets a batch or two out before anything is measured, and one that nobody waits for any more makes room', () => {
    const window = new LineWindow();
    const first = window.departed(WINDOW_BYTES_MIN, true, 0);
    expect(window.hasRoom(0)).toBe(false);
    expect(window.bytesPerSecond).toBeUndefined();
    window.lost(first);
    expect(window.hasRoom(0)).toBe(true);
  });

  it('lets a backlog out at once after single facts, which showed nothing of what the line can do', () => {
    const window = new LineWindow();
    for (let now = 0; now < 5_000; now += 500) window.confirmed(window.departed(400, false, now), now + 60);
    expect(drive(window, { bytesPerMs: 2500, roundTripMs: 10 }, 5_000, 1_000).shareOfLine).toBeGreaterThan(0.7);
  });

  it('keeps the queue short when confirmations come in bursts', () => {
    const steady = drive(new LineWindow(), { bytesPerMs: 250, roundTripMs: 300 }, 0, 60_000);
    const bursts = drive(new LineWindow(), { bytesPerMs: 250, roundTripMs: 300, burstMs: 150 }, 0, 60_000);
    expect(bursts.queueMsMax).toBeLessThan(steady.queueMsMax + 150);
    expect(bursts.shareOfLine).toBeGreaterThan(0.85);
  });

  it('does not take a sender with nothing more to send for a slow line', () => {
    const window = new LineWindow();
    drive(window, { bytesPerMs: 250, roundTripMs: 300 }, 0, 10_000);
    const measured = window.bytesPerSecond!;
    const beat = window.departed(100, false, 10_000);
    window.confirmed(beat, 10_400);
    expect(window.bytesPerSecond).toBe(measured);
  });
});
