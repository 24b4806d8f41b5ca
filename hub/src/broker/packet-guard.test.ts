import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONNECT_BYTES_MAX, PacketGuard, PUBLISH_BYTES_MAX } from './packet-guard.ts';

/** A packet with that first byte and that many bytes after its header, as the MQTT standard writes it. */
function packet(first: number, restBytes: number): Buffer {
  const length: number[] = [];
  for (let left = restBytes; ; ) {
    const low = left % 128;
    left = (left - low) / 128;
    length.push(left > 0 ? low | 0x80 : low);
    if (left === 0) break;
  }
  return Buffer.concat([Buffer.from([first, ...length]), Buffer.alloc(restBytes, 0x10)]);
}
const connect = packet(0x10, 30);

/** What a guard says to these bytes, cut at the given places. */
function verdictOf(bytes: Uint8Array, cuts: readonly number[] = []): number | string {
  const guard = new PacketGuard();
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  let packets = 0;
  for (const [index, start] of [0, ...places].entries()) {
    const taken = guard.take(bytes.subarray(start, places[index] ?? bytes.length));
    if (!taken.ok) return taken.refusal.code;
    packets += taken.value;
  }
  return packets;
}

const PUBLISH = [0x30, 0x31, 0x32, 0x33, 0x3a, 0x3b];
const anyPacket = fc.oneof(
  fc.tuple(
    fc.constantFrom(...PUBLISH),
    fc.oneof(fc.nat({ max: 300 }), fc.constantFrom(16_383, 16_384, PUBLISH_BYTES_MAX - 4)),
  ),
  fc.tuple(fc.constantFrom(0x82, 0xa2), fc.nat({ max: 300 })),
  fc.constantFrom([0x40, 2] as const, [0xc0, 0] as const, [0xe0, 0] as const),
);

describe('the packet guard', () => {
  it('lets every packet of a client through and counts it, however the line chops the bytes', () => {
    fc.assert(
      fc.property(fc.array(anyPacket, { maxLength: 10 }), fc.array(fc.nat(), { maxLength: 20 }), (packets, cuts) => {
        const bytes = Buffer.concat([connect, ...packets.map(([first, restBytes]) => packet(first, restBytes))]);
        expect(verdictOf(bytes, cuts)).toBe(packets.length + 1);
      }),
    );
  });

  it('says the same to any bytes, however they are chopped, and never takes more than one allowed packet for open', () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.uint8Array({ maxLength: 200 }),
        fc.array(fc.nat(), { maxLength: 20 }),
        (greeted, noise, cuts) => {
          const bytes = greeted ? Buffer.concat([connect, noise]) : noise;
          expect(verdictOf(bytes, cuts)).toBe(verdictOf(bytes));
        },
      ),
    );
  });

  it('decides by the header, before any of the rest has arrived', () => {
    expect(verdictOf(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]))).toBe('broker.packet-too-long');
    expect(verdictOf(Buffer.from([0x10, 0xfd]))).toBe(1);
    expect(verdictOf(Buffer.from([0x10, 0xfd, 0x1f]))).toBe(1);
    expect(verdictOf(Buffer.from([0x10, 0xfe, 0x1f]))).toBe('broker.packet-too-long');
  });

  it('allows a CONNECT of 4 KiB and a PUBLISH of 80 KiB, and not one byte more', () => {
    expect(verdictOf(Buffer.concat([connect, packet(0x32, PUBLISH_BYTES_MAX - 4)]))).toBe(2);
    expect(verdictOf(Buffer.concat([connect, packet(0x32, PUBLISH_BYTES_MAX - 3)]))).toBe('broker.packet-too-long');
    expect(verdictOf(packet(0x10, CONNECT_BYTES_MAX - 3))).toBe(1);
    expect(verdictOf(packet(0x10, CONNECT_BYTES_MAX - 2))).toBe('broker.packet-too-long');
  });

  it('wants CONNECT first and once, no QoS 2, and nothing that only a broker sends', () => {
    expect(verdictOf(packet(0x32, 9))).toBe('broker.not-mqtt');
    expect(verdictOf(Buffer.from('GET / HTTP/1.1\r\n'))).toBe('broker.not-mqtt');
    const after = (...bytes: number[]) => verdictOf(Buffer.concat([connect, Buffer.from(bytes)]));
    for (const first of [0x10, 0x20, 0x34, 0x50, 0x62, 0x70, 0x80, 0x90, 0xb0, 0xd0, 0xf0, 0x00])
      expect(after(first)).toBe('broker.packet-not-allowed');
    expect(after(0x30, 0x80, 0x80, 0x80, 0x80)).toBe('broker.length-malformed');
    expect(after(0xc0, 0x01)).toBe('broker.packet-too-long');
  });
});
