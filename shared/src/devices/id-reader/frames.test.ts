import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeFrame, LENGTH_MAX, type SamFrame, SamFrameReader } from './frames.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const anyBody = fc.uint8Array({ minLength: 1, maxLength: 60 });

function chopped(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((to, index) => bytes.subarray(places[index], to));
}

function bodies(frames: readonly SamFrame[]): string[] {
  return frames.flatMap((frame) => (frame.kind === 'frame' ? [hex(frame.body)] : []));
}

const joined = (parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

it('writes the commands byte for byte as the protocol lists them', () => {
  const commands = ['11ff', '2001', '2002', '3001'].map((body) => hex(encodeFrame(bytesOf(body))));
  expect(commands).toEqual([
    'aaaaaa9669000311ffed',
    'aaaaaa96690003200122',
    'aaaaaa96690003200221',
    'aaaaaa96690003300132',
  ]);
});

it('reads the replies that the protocol lists', () => {
  const reader = new SamFrameReader();
  const replies = bytesOf('aaaaaa9669 0008 00009f00000000 97 aaaaaa9669 0004 000080 84');
  expect(bodies(reader.push(replies))).toEqual(['00009f00000000', '000080']);
});

it('finds every frame however the bytes are chopped, with anything but a preamble between them', () => {
  const anyNoise = fc.array(fc.constantFrom(0xaa, 0x00, 0x96, 0xff, 0x13), { maxLength: 8 }).filter((noise) => {
    // A run of AA before a frame is a longer preamble and is noise as far as it is too long; 96 after three AA is a beginning.
    return !hex(Uint8Array.from(noise)).includes('aaaaaa96');
  });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(anyNoise, anyBody), { maxLength: 5 }),
      fc.array(fc.nat(), { maxLength: 12 }),
      (parts, cuts) => {
        const wire = joined(parts.flatMap(([noise, body]) => [Uint8Array.from(noise), encodeFrame(body)]));
        const reader = new SamFrameReader();
        const frames = chopped(wire, cuts).flatMap((chunk) => reader.push(chunk));
        expect(bodies(frames)).toEqual(parts.map(([, body]) => hex(body)));
      },
    ),
  );
});

it('accounts for every byte: what is no frame is told as noise, in order', () => {
  const anyPiece = fc.oneof(
    fc.uint8Array({ maxLength: 20 }),
    anyBody.map(encodeFrame),
    fc.constant(bytesOf('aaaaaa9669')),
    fc.constant(bytesOf('aaaaaa96690010')),
  );
  fc.assert(
    fc.property(fc.array(anyPiece, { maxLength: 6 }), fc.array(fc.nat(), { maxLength: 8 }), (pieces, cuts) => {
      const wire = joined(pieces);
      const reader = new SamFrameReader();
      const frames = [...chopped(wire, cuts).flatMap((chunk) => reader.push(chunk)), ...reader.expire()];
      const told = frames.map((frame) => (frame.kind === 'frame' ? encodeFrame(frame.body) : frame.bytes));
      expect(hex(joined(told))).toBe(hex(wire));
    }),
  );
});

it('finds the true frame that a false length had swallowed, as soon as the line is silent', () => {
  const reader = new SamFrameReader();
  const truth = encodeFrame(bytesOf('000090'));
  expect(bodies(reader.push(joined([bytesOf('aaaaaa9669 0505 0000'), truth])))).toEqual([]);
  expect(bodies(reader.expire())).toEqual(['000090']);
  expect(bodies(reader.push(truth))).toEqual(['000090']);
});

it('reads a frame that contains a whole frame, as a photo may, as one', () => {
  const outer = joined([bytesOf('000090'), encodeFrame(bytesOf('000090')), bytesOf('aaaaaa9669')]);
  expect(bodies(new SamFrameReader().push(encodeFrame(outer)))).toEqual([hex(outer)]);
});

it('finds a frame that begins inside a damaged one', () => {
  const damaged = encodeFrame(bytesOf('0000900102030405'));
  damaged[12]! ^= 0x40;
  const wire = joined([damaged, encodeFrame(bytesOf('000080'))]);
  expect(bodies(new SamFrameReader().push(wire))).toEqual(['000080']);
});

it.each([0, 1, LENGTH_MAX + 1, 0xffff])('does not wait for a frame of %s bytes', (length) => {
  const reader = new SamFrameReader();
  const head = Uint8Array.of(0xaa, 0xaa, 0xaa, 0x96, 0x69, length >> 8, length & 0xff);
  expect(bodies(reader.push(joined([head, encodeFrame(bytesOf('000090'))])))).toEqual(['000090']);
});
