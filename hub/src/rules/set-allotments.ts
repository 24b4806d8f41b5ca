import type { AllotmentRule } from '@lianpiao/shared/domain/allotment';
import { done, refuse } from '@lianpiao/shared/domain/outcome';
import type { RuleSet } from '@lianpiao/shared/domain/rules';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { allotmentProblems } from '@lianpiao/shared/domain/validate-allotments';
import { ROW_BYTES_MAX } from '@lianpiao/shared/protocol/reference';
import { audit } from '@lianpiao/shared/store/audit';
import type { Caller } from '@lianpiao/shared/store/call';
import { activateRules, rulesAt } from '@lianpiao/shared/store/rules';
import { and, asc, count, eq, gt } from 'drizzle-orm';
import type { HubReader, HubStore, HubTx } from '../store/hub-store.ts';

/** What a row of reference data has around its rules: key, marks and quotes. In bytes. */
const ROW_FRAME_BYTES = 500;

/** `until`: when the next version begins, which says what counts from then on; null without one. */
export type AllotmentsInForce = {
  readonly version: string;
  readonly validFrom: EpochMs;
  readonly until: EpochMs | null;
  readonly rules: readonly AllotmentRule[];
};

/** 票源规则 that count at an instant. */
export async function allotmentsAt(on: HubReader, at: EpochMs): Promise<AllotmentsInForce> {
  const { version, validFrom, allotments: rules = [] } = await rulesAt(on, at);
  return { version, validFrom, until: await nextStart(on, at), rules };
}

/**
 * An operator sets the standing orders: the rules in force at `validFrom` with this list instead of theirs are a new version,
 * which reaches the stations as all rules do. What the hub has by then stays, and goes back when nobody uses it.
 */
export function setAllotments(
  store: HubStore,
  by: Caller,
  { validFrom, rules }: { readonly validFrom: EpochMs; readonly rules: readonly AllotmentRule[] },
  now: EpochMs,
) {
  return store.transaction(async (tx) => {
    if (validFrom < now) return refuse({ code: 'rules.starts-in-past', validFrom, now });
    const [problem] = allotmentProblems(rules);
    if (problem) return refuse(problem);
    const stranger = await unknownName(tx, rules);
    if (stranger) return refuse(stranger);
    const base = await rulesAt(tx, validFrom);
    if (base.validFrom === validFrom) return refuse({ code: 'rules.same-start', version: base.version, validFrom });
    const set: RuleSet = { ...base, version: await newVersion(tx), validFrom, allotments: rules };
    const bytes = Buffer.byteLength(JSON.stringify(JSON.stringify(set))) + ROW_FRAME_BYTES;
    if (bytes > ROW_BYTES_MAX) return refuse({ code: 'rules.too-long', bytes, max: ROW_BYTES_MAX });
    await activateRules(tx, set);
    await audit(tx, by, 'allotments.set', set.version, now, JSON.stringify({ validFrom, rules }));
    return done({ version: set.version, validFrom, until: await nextStart(tx, validFrom), rules });
  });
}

async function newVersion({ db, t }: HubTx): Promise<string> {
  const [row] = await db.select({ versions: count() }).from(t.rules);
  return `allotment-${row!.versions + 1}`;
}

async function nextStart({ db, t }: HubReader | HubTx, after: EpochMs): Promise<EpochMs | null> {
  const [next] = await db
    .select({ validFrom: t.rules.validFrom })
    .from(t.rules)
    .where(gt(t.rules.validFrom, after))
    .orderBy(asc(t.rules.validFrom))
    .limit(1);
  return next?.validFrom ?? null;
}

/** The first station or channel that the rules name and nobody has made. */
async function unknownName({ db, t }: HubTx, rules: readonly AllotmentRule[]) {
  for (const { station, quotas = {} } of rules) {
    if (station !== '*' && (await db.select().from(t.stations).where(eq(t.stations.code, station))).length === 0)
      return { code: 'station.unknown', station };
    for (const channel of Object.keys(quotas)) {
      const open = and(eq(t.channels.id, channel), eq(t.channels.state, 'open'));
      if ((await db.select().from(t.channels).where(open)).length === 0) return { code: 'channel.unknown', channel };
    }
  }
  return undefined;
}
