import { halfWidth } from './half-width.ts';
import { invariant } from './invariant.ts';
import { done, type Outcome, refuse } from './outcome.ts';
import { isResidencePermitNo, type ResidentIdRefusal, residentId, type Sex } from './resident-id.ts';
import type { ServiceDate } from './service-day.ts';

/**
 * Documents that a passenger may travel on, with the form of their numbers. `resident`: the number of GB 11643 stands in
 * it and is checked. The other forms are what issuing authorities print; none of them has a check digit that is public.
 */
const ID_FORMS = {
  /** 居民身份证 */
  resident: 'resident',
  /** 临时身份证 */
  temporaryResident: 'resident',
  /** 户口簿: the number of the person in it, as for children without a card. */
  householdRegister: 'resident',
  /** 公安临时身份证明 */
  policeCertificate: 'resident',
  /** 港澳台居民居住证 */
  hkMacauTaiwanResidence: 'resident',
  /** 港澳居民来往内地通行证; the two digits of the issue may stand behind. */
  hkMacauPermit: /^[HM]\d{8}(\d{2})?$/,
  /** 台湾居民来往大陆通行证 */
  taiwanPermit: /^\d{8}(\d{2})?$/,
  /** 往来港澳通行证 */
  mainlandHkMacauPermit: /^[CW][A-Z0-9]\d{7}$/,
  /** 大陆居民往来台湾通行证 */
  mainlandTaiwanPermit: /^[LT]\d{8}$/,
  /** 护照, of any state (ICAO 9303: at most nine characters; some states print more). */
  passport: /^[A-Z0-9]{5,15}$/,
  /** 外国人永久居留身份证: three letters and 12 digits, since 2023 18 characters that begin with 9. */
  foreignerResidence: /^([A-Z]{3}\d{12}|9\d{16}[\dX])$/,
  /** 外国人出入境证 */
  foreignerEntryExit: /^[A-Z0-9]{5,18}$/,
  /** 旅行证 */
  travelDocument: /^[A-Z0-9]{5,15}$/,
  /** 海员证 */
  seafarer: /^[A-Z0-9]{5,15}$/,
  /** 外交官证, 领事馆证 */
  diplomat: /^[A-Z0-9]{4,18}$/,
  /** 军官证, 士兵证, 文职干部证, 军队学员证, 离退休干部证, 军人保障卡 */
  military: /^[\p{Script=Han}A-Z0-9]{4,24}$/u,
  /** 武警警官证, 武警士兵证 */
  armedPolice: /^[\p{Script=Han}A-Z0-9]{4,24}$/u,
  /** 学生证, of passengers under 16 without an ID card. */
  student: /^[\p{Script=Han}A-Z0-9]{4,24}$/u,
  /** 出生医学证明 */
  birthCertificate: /^[A-Z]\d{9}$/,
} as const;

/** Kind of a traveller's document. The kinds are those that national and provincial notices accept for real-name sale. */
export type IdType = keyof typeof ID_FORMS;

export const ID_TYPES = Object.keys(ID_FORMS) as readonly IdType[];

/** Longest name on a document, in characters. No name is split into parts or cut. */
export const NAME_MAX = 40;

/** Han with the middle dot, Latin, and what else documents carry. Private-use characters are how old cards hold rare Han. */
const NAME_FORM = /^[\p{L}\p{Co}][\p{L}\p{M}\p{Co}·'’.,()/ -]*$/u;

/** Who travels, as written into a ticket. `birthOn` and `sex` are known where the number says them. */
export type Passenger = {
  readonly name: string;
  readonly idType: IdType;
  readonly idNo: string;
  readonly birthOn: ServiceDate | null;
  readonly sex: Sex | null;
};

/** As typed at a counter or read from a card. `validUntil` is null for a document without an end, absent where unknown. */
export type PassengerInput = {
  readonly name: string;
  readonly idType: string;
  readonly idNo: string;
  readonly validUntil?: ServiceDate | null | undefined;
};

export type PassengerRefusal =
  | ResidentIdRefusal
  | { readonly code: 'passenger.name'; readonly length: number; readonly max: number }
  | { readonly code: 'id.unknown-kind'; readonly idType: string }
  | { readonly code: 'id.form'; readonly idType: IdType }
  | { readonly code: 'id.expired'; readonly date: ServiceDate };

/**
 * Whether a passenger may travel on that document on that day; the answer carries name and number as they are stored.
 *
 * The kind follows the number: the residence permit of people from Hong Kong, Macau and Taiwan looks like a resident ID card
 * and is often entered as one; with one kind per number, one document stays one document.
 */
export function checkPassenger(input: PassengerInput, travelOn: ServiceDate): Outcome<Passenger, PassengerRefusal> {
  const name = normaliseName(input.name);
  const length = [...name].length;
  if (length > NAME_MAX || !NAME_FORM.test(name)) return refuse({ code: 'passenger.name', length, max: NAME_MAX });

  const idType = ID_TYPES.find((known) => known === input.idType);
  if (!idType) return refuse({ code: 'id.unknown-kind', idType: input.idType.slice(0, 24) });
  if (input.validUntil && input.validUntil < travelOn) return refuse({ code: 'id.expired', date: input.validUntil });

  const idNo = normaliseIdNo(input.idNo);
  const form = ID_FORMS[idType];
  if (form !== 'resident') {
    if (!form.test(idNo)) return refuse({ code: 'id.form', idType });
    return done({ name, idType, idNo, birthOn: null, sex: null });
  }
  const resident = residentId(idNo);
  if (!resident.ok) return resident;
  if (resident.value.birthOn > travelOn) return refuse({ code: 'id.birth-date' });
  const permit = isResidencePermitNo(idNo);
  if (idType === 'hkMacauTaiwanResidence' && !permit) return refuse({ code: 'id.form', idType });
  const kind = idType === 'resident' && permit ? 'hkMacauTaiwanResidence' : idType;
  return done({
    name,
    idType: kind,
    idNo: resident.value.idNo,
    birthOn: resident.value.birthOn,
    sex: resident.value.sex,
  });
}

/** One way to write a document number: ASCII, capitals, without spaces and hyphens. Numbers are compared only in this form. */
export function normaliseIdNo(text: string): string {
  return halfWidth(text.slice(0, 64)).replace(/[\s-]/g, '').toUpperCase();
}

/** One way to write a name: single spaces, and the middle dot `·` for what keyboards and cards put between Han name parts. */
export function normaliseName(text: string): string {
  return halfWidth(text.slice(0, 200))
    .normalize('NFC')
    .replace(/\s+/gu, ' ')
    .replace(/(?<=[\p{Script=Han}\p{Co}]) ?[•‧∙・･.·] ?(?=[\p{Script=Han}\p{Co}])/gu, '·')
    .trim();
}

/** `张**`: the first character, and at most two stars, so that a mask does not tell how long the name is. */
export function maskName(name: string): string {
  const characters = [...name];
  return characters.length < 2 ? '*' : `${characters[0]}${'*'.repeat(Math.min(2, characters.length - 1))}`;
}

/** `3*************0015`: the first and the last four. Of a number of eight or less only the last two: four would be half of it. */
export function maskIdNo(idNo: string): string {
  const characters = [...idNo];
  if (characters.length < 5) return '*'.repeat(characters.length);
  const tail = characters.length > 8 ? 4 : 2;
  return `${characters[0]}${'*'.repeat(characters.length - 1 - tail)}${characters.slice(-tail).join('')}`;
}

/** Completed years on a day; the birthday itself counts. Whoever was born on 29 February completes the year on 1 March of a common year. */
export function ageOn(birthOn: ServiceDate, on: ServiceDate): number {
  invariant(birthOn <= on, 'a passenger is born before the day in question', { on });
  const years = Number(on.slice(0, 4)) - Number(birthOn.slice(0, 4));
  return on.slice(4) < birthOn.slice(4) ? years - 1 : years;
}
