import { isRegionCode } from './codes.ts';
import { done, type Outcome, refuse } from './outcome.ts';
import { type ServiceDate, serviceDate } from './service-day.ts';

export type Sex = 'male' | 'female';

/** What a resident ID number says (GB 11643): always in its 18-character form. */
export type ResidentId = {
  readonly idNo: string;
  readonly region: string;
  readonly birthOn: ServiceDate;
  readonly sex: Sex;
};

/** No refusal repeats the number: refusals are logged, numbers never. */
export type ResidentIdRefusal =
  | { readonly code: 'id.length'; readonly length: number; readonly want: 18 }
  | { readonly code: 'id.characters' }
  | { readonly code: 'id.region' }
  | { readonly code: 'id.birth-date' }
  | { readonly code: 'id.check-digit'; readonly want: string };

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/**
 * Region part of residence permits of people from Hong Kong, Macau and Taiwan; their numbers are built like those of resident
 * IDs, but Taiwan's is not its code in GB/T 2260 (71).
 */
const RESIDENCE_PERMIT = /^8[123]0000/;

/**
 * Reads a resident ID number that was normalised before (`normaliseIdNo`).
 *
 * A number of 15 digits, of the cards before 1999, has no century and no check digit: it is read as born in 19xx and
 * answered with 18 characters, so that one person has one number.
 */
export function residentId(idNo: string): Outcome<ResidentId, ResidentIdRefusal> {
  if (idNo.length !== 18 && idNo.length !== 15) return refuse({ code: 'id.length', length: idNo.length, want: 18 });
  if (!/^(\d{15}|\d{17}[\dX])$/.test(idNo)) return refuse({ code: 'id.characters' });
  const region = idNo.slice(0, 6);
  const first17 = idNo.length === 15 ? `${region}19${idNo.slice(6)}` : idNo.slice(0, 17);
  if (!isRegionCode(region) && !RESIDENCE_PERMIT.test(region)) return refuse({ code: 'id.region' });

  const birthOn = serviceDate(first17.slice(6, 14));
  if (!birthOn.ok) return refuse({ code: 'id.birth-date' });

  const want = idCheckDigit(first17);
  if (idNo.length === 18 && idNo[17] !== want) return refuse({ code: 'id.check-digit', want });
  const sex = Number(first17[16]) % 2 === 1 ? 'male' : 'female';
  return done({ idNo: first17 + want, region, birthOn: birthOn.value, sex });
}

/** True for the number of a 港澳台居民居住证. */
export function isResidencePermitNo(idNo: string): boolean {
  return RESIDENCE_PERMIT.test(idNo);
}

/** The 18th character of the first 17 digits (GB 11643, ISO 7064 MOD 11-2). */
export function idCheckDigit(first17: string): string {
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(first17[index]), 0);
  return '10X98765432'[sum % 11]!;
}
