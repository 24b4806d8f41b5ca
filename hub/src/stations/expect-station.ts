import { randomBytes } from 'node:crypto';
import { sm3Hex } from '@lianpiao/shared/crypto/sm3';
import { stationCode } from '@lianpiao/shared/domain/codes';
import { done, refuse } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { audit } from '@lianpiao/shared/store/audit';
import type { Caller } from '@lianpiao/shared/store/call';
import { and, eq, isNull } from 'drizzle-orm';
import type { HubStore } from '../store/hub-store.ts';

export type ExpectedStation = { readonly code: string; readonly name: string; readonly grade: number };

/** A token that nobody used is worth nothing after so long, in ms. */
const TOKEN_MS = 7 * 24 * 3600_000;

/**
 * An operator expects a station: makes it, or gives an expected one another token. The token is shown once and kept as a
 * digest; earlier ones that nobody used end with it. An enrolled station is moved to other hardware by another act.
 */
export async function expectStation(store: HubStore, by: Caller, wish: ExpectedStation, now: EpochMs) {
  const code = stationCode(wish.code);
  if (!code.ok) return code;
  const token = randomBytes(24).toString('base64url');
  return store.transaction(async (tx) => {
    const { stations, enrolTokens } = tx.t;
    const [known] = await tx.db.select({ state: stations.state }).from(stations).where(eq(stations.code, wish.code));
    if (known && known.state !== 'expected') return refuse({ code: 'station.already-enrolled', station: wish.code });
    if (!known) {
      await tx.db.insert(stations).values({
        ...wish,
        region: wish.code.slice(0, 6),
        pinyin: '',
        address: '',
        state: 'expected',
        lease: 0,
        incarnation: 0,
        queued: 0,
        lagMs: 0,
      });
    }
    const unused = and(eq(enrolTokens.station, wish.code), isNull(enrolTokens.usedAt));
    await tx.db.delete(enrolTokens).where(unused);
    await tx.db
      .insert(enrolTokens)
      .values({ tokenHash: sm3Hex(token), station: wish.code, createdAt: now, expiresAt: now + TOKEN_MS });
    await audit(tx, by, 'station.expected', wish.code, now);
    return done({ code: wish.code, token, expiresAt: now + TOKEN_MS });
  });
}
