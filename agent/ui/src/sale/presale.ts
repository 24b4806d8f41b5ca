/** Days ahead that a counter sells, today not counted; the agent refuses beyond its own rule. */
export const PRESALE_DAYS_MAX = 15;

/** What the insurance key goes through, per passenger. */
export const INSURANCE_CHOICES_FEN: readonly number[] = [0, 100, 200];
