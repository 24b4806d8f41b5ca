import { expect, it } from 'vitest';
import { type Note, RefusalLog } from './refusal-log.ts';

it('writes the first refusal of a kind at once, then at most one every 30 s with the count of those before', () => {
  const notes: Note[] = [];
  const log = new RefusalLog((note) => notes.push(note));
  for (let second = 0; second <= 30; second += 1) log.note('broker.not-mqtt', { address: '10.0.0.1' }, second * 1000);
  log.note('broker.tls-refused', {}, 5000);
  expect(notes).toEqual([
    { event: 'connection.refused', code: 'broker.not-mqtt', address: '10.0.0.1' },
    { event: 'connection.refused', code: 'broker.not-mqtt', address: '10.0.0.1', countSince: 30 },
    { event: 'connection.refused', code: 'broker.tls-refused' },
  ]);
});
