import type { ColumnKit } from '@lianpiao/shared/store/column-kit';

/** People of the operations console, and what needs one of them. */
export function peopleTables({ table, text, int }: ColumnKit) {
  const users = table('users', {
    user: text('user').primaryKey(),
    name: text('name').notNull(),
    role: text('role').notNull(),
    passwordHash: text('password_hash').notNull(),
    failures: int('failures').notNull(),
    lockedUntil: int('locked_until'),
  });

  /** `tokenHash` is SM3 of the cookie: a copied database signs nobody in. */
  const sessions = table('sessions', {
    tokenHash: text('token_hash').primaryKey(),
    user: text('user').notNull(),
    expiresAt: int('expires_at').notNull(),
  });

  /** What a person must look at. One open row a code and subject; `detail` never names a passenger. */
  const alarms = table('alarms', {
    id: int('id').primaryKey(),
    code: text('code').notNull(),
    subject: text('subject').notNull(),
    detail: text('detail').notNull(),
    at: int('at').notNull(),
    closedAt: int('closed_at'),
    closedBy: text('closed_by'),
  });

  return { users, sessions, alarms };
}
