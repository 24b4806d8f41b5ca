import { done, type Outcome } from '@lianpiao/shared/domain/outcome';
import { checkPassenger, type IdType, normaliseIdNo } from '@lianpiao/shared/domain/passenger';
import { residentId } from '@lianpiao/shared/domain/resident-id';
import type { ServiceDate } from '@lianpiao/shared/domain/service-day';
import type { Card } from '../counter-bodies.ts';

/** A document that is typed because no reader can read it: kind, number, then the name. */
export type DocumentEntry = {
  readonly idType: IdType;
  readonly idNo: string;
  readonly stage: 'number' | 'name';
  readonly name: string;
};

/** In the order of use at a counter; the arrow keys go round. */
export const TYPED_KINDS: readonly IdType[] = [
  'resident',
  'passport',
  'hkMacauPermit',
  'taiwanPermit',
  'foreignerResidence',
  'temporaryResident',
  'householdRegister',
  'military',
];
const RESIDENT_LENGTH = 18;
const NUMBER_MAX = 24;

export function emptyEntry(): DocumentEntry {
  return { idType: 'resident', idNo: '', stage: 'number', name: '' };
}

const isResident = (idType: IdType) =>
  idType === 'resident' || idType === 'temporaryResident' || idType === 'householdRegister';

/** The entry after one more key. A resident number takes digits, and an X only as its last character. */
export function typeNumber(entry: DocumentEntry, key: string): DocumentEntry {
  const character = key.toUpperCase();
  const max = isResident(entry.idType) ? RESIDENT_LENGTH : NUMBER_MAX;
  if (entry.idNo.length >= max) return entry;
  if (
    isResident(entry.idType) &&
    !/\d/.test(character) &&
    !(character === 'X' && entry.idNo.length === RESIDENT_LENGTH - 1)
  )
    return entry;
  return { ...entry, idNo: entry.idNo + character };
}

/** The next kind of document, `by` steps round; a number of another form is not kept. */
export function turnKind(entry: DocumentEntry, by: number): DocumentEntry {
  const index = TYPED_KINDS.indexOf(entry.idType);
  const idType = TYPED_KINDS[(index + by + TYPED_KINDS.length) % TYPED_KINDS.length]!;
  return { ...entry, idType, idNo: isResident(idType) === isResident(entry.idType) ? entry.idNo : '' };
}

/** What is wrong with the number so far: said at the last character, not before. */
export function numberFault(entry: DocumentEntry): { readonly code: string } | null {
  if (!isResident(entry.idType) || entry.idNo.length < RESIDENT_LENGTH) return null;
  const read = residentId(normaliseIdNo(entry.idNo));
  return read.ok ? null : read.refusal;
}

/** The finished document, checked by the same rules as at the agent. */
export function finishedDocument(
  entry: DocumentEntry,
  travelOn: ServiceDate,
): Outcome<Card, { readonly code: string }> {
  const passenger = checkPassenger({ name: entry.name, idType: entry.idType, idNo: entry.idNo }, travelOn);
  if (!passenger.ok) return passenger;
  const { name, idType, idNo, birthOn, sex } = passenger.value;
  return done({ name, idType, idNo, birthOn, sex });
}

/** Whether the number alone may be left: the name comes next. */
export function checkedNumber(entry: DocumentEntry, travelOn: ServiceDate): Outcome<true, { readonly code: string }> {
  // Any name does: only what the check says about the number counts here.
  const checked = checkPassenger({ name: '甲', idType: entry.idType, idNo: entry.idNo }, travelOn);
  return checked.ok ? done(true) : checked;
}
