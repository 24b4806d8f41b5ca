import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EVENTS, type EventType } from './events.ts';
import { decodeFrame } from './frame.ts';
import { parseMessage } from './messages.ts';
import { StreamReceiver } from './stream-receiver.ts';
import { parseTopic } from './topics.ts';

/** Frames as a released version wrote them, and what they said. Never written anew: what was sent once stays readable. */
type Sample = { readonly topic: string; readonly message: Record<string, unknown>; readonly frame: string };
const samplesOf = (minor: number) =>
  JSON.parse(readFileSync(join(import.meta.dirname, 'golden', `minor-${minor}.json`), 'utf8')) as Sample[];
const secret = Buffer.alloc(32, 1);

describe.each([{ minor: 1 }])('frames of minor $minor', ({ minor }) => {
  it.each(samplesOf(minor).map((sample, index) => ({ ...sample, name: `${sample.message['k']} (${index})` })))(
    'are read as they were meant: $name',
    ({ topic, message, frame }) => {
      const body = decodeFrame((keyNo) => (keyNo === 1 ? secret : undefined), topic, Buffer.from(frame, 'base64'));
      expect(body).toEqual({ ok: true, value: message });
      const parsed = parseMessage(parseTopic(topic)!, message);
      expect(parsed).toEqual({ ok: true, value: message });
      if (!parsed.ok || parsed.value.k !== 'batch') return;
      const { events, fault } = new StreamReceiver({ ack: 0, hash: parsed.value.prev }).offer(parsed.value, 0);
      expect(fault).toBeUndefined();
      for (const { type, fact } of events)
        expect(EVENTS[type as EventType].body.parse(JSON.parse(fact))).toEqual(JSON.parse(fact));
    },
  );
});
