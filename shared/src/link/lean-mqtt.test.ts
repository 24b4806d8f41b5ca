import { PassThrough } from 'node:stream';
import './lean-mqtt.ts';
import { writeToStream } from 'mqtt-packet';
import { expect, it } from 'vitest';

it('keeps of the length of a packet no more memory than it is long', () => {
  const line = new PassThrough();
  const kept: Uint8Array[] = [];
  line.write = ((bytes: Uint8Array) => {
    kept.push(bytes);
    return true;
  }) as typeof line.write;
  const publish = {
    cmd: 'publish',
    topic: 't',
    payload: Buffer.alloc(300),
    qos: 0,
    dup: false,
    retain: false,
  } as const;
  writeToStream(publish, line);
  const length = kept.find((bytes) => bytes.length === 2 && bytes[0] === 0xaf);
  expect(length?.buffer.byteLength).toBe(2);
});
