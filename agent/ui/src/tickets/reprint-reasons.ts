/** Why a ticket is printed again; the reason is audited in these words and shown in the reader's language. */
export const REPRINT_REASONS = ['jam', 'unreadable', 'misfeed', 'damaged'] as const;
