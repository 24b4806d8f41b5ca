import { NATIONAL_FARE_RULES } from '@lianpiao/shared/domain/fare-type';
import type { ServiceDate } from '@lianpiao/shared/domain/service-day';
import { expect, it } from 'vitest';
import type { Card } from '../counter-bodies.ts';
import { addFreeChild, linesFor, putDocument, totalsOf } from './passenger-lines.ts';

const ON = '20251121' as ServiceDate;
// Synthetic documents.
const born = (birthOn: string, idNo = `330106${birthOn}0010`): Card => ({
  idType: 'resident',
  name: '张三',
  idNo,
  birthOn,
});
const put = (lines: Parameters<typeof putDocument>[0], card: Card) => putDocument(lines, card, ON, NATIONAL_FARE_RULES);

it('fills the next waiting line and chooses the fare type by the age on the day of travel', () => {
  const adult = put(linesFor(['12', '16']), born('19900307'));
  const child = adult.ok && adult.value ? put(adult.value, born('20161001')) : adult;
  expect(child.ok && child.value?.map((line) => line.fareType)).toEqual(['full', 'half']);
});

it('leaves a fare type that the clerk chose', () => {
  const [line] = linesFor(['12']);
  const filled = put([{ ...line!, fareType: 'privilegeHalf', byHand: true }], born('19900307'));
  expect(filled.ok && filled.value?.[0]?.fareType).toBe('privilegeHalf');
});

it('gives a small child’s document to the waiting free place, and half fare where it has a seat', () => {
  const adult = put(linesFor(['12']), born('19900307'));
  if (!adult.ok || !adult.value) throw new Error('the adult’s document fits');
  const free = addFreeChild(adult.value, 45, NATIONAL_FARE_RULES);
  const child = free.ok ? put(free.value, born('20210601')) : free;
  expect(child.ok && child.value?.[1]).toMatchObject({ fareType: 'freeChild', seat: null });
  expect(put(linesFor(['12']), born('20210601'))).toMatchObject({ value: [{ fareType: 'half' }] });
});

it('refuses one document twice, an expired one, and leaves one too many for the next customer', () => {
  const adult = put(linesFor(['12']), born('19900307'));
  if (!adult.ok || !adult.value) throw new Error('the adult’s document fits');
  expect(put(adult.value, born('19900307'))).toMatchObject({ refusal: { code: 'passenger.same-document', line: 1 } });
  expect(put(linesFor(['12']), { ...born('19900307'), validUntil: '20251120' })).toMatchObject({
    refusal: { code: 'id.expired' },
  });
  expect(put(adult.value, born('19850101'))).toEqual({ ok: true, value: null });
});

it('takes no second free child for one adult, and none on a small coach', () => {
  const one = addFreeChild(linesFor(['12']), 45, NATIONAL_FARE_RULES);
  expect(one.ok && addFreeChild(one.value, 45, NATIONAL_FARE_RULES)).toMatchObject({
    refusal: { code: 'passenger.free-child-adult' },
  });
  expect(addFreeChild(linesFor(['01']), 9, NATIONAL_FARE_RULES)).toMatchObject({
    refusal: { code: 'passenger.free-child-coach' },
  });
});

it('adds up fares and insurance; a child without a seat pays no fare but is insured', () => {
  const [full, half] = linesFor(['12', '16']);
  const lines = [
    full!,
    { ...half!, fareType: 'half' as const },
    { fareType: 'freeChild' as const, seat: null, document: null, byHand: true },
  ];
  expect(totalsOf(lines, { fullFen: 3800, halfFen: 1900 }, 200)).toEqual({
    faresFen: 5700,
    insuranceFen: 600,
    dueFen: 6300,
  });
});
