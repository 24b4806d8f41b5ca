import type { OpenAPIHono } from '@hono/zod-openapi';
import { done } from '@lianpiao/shared/domain/outcome';
import { serviceDate } from '@lianpiao/shared/domain/service-day';
import { type ApiEnv, mount } from '@lianpiao/shared/http/openapi-app';
import { z } from 'zod';
import { allotmentsAt, setAllotments } from '../../rules/set-allotments.ts';
import type { Console } from './console.ts';
import { permitted } from './session.ts';

/** Rules in one list. What they may weigh is less: `rules.too-long`. */
const RULES_MAX = 60;
const CHANNELS_MAX = 40;

const amount = z.union([
  z.strictObject({ seats: z.int().min(0).max(80) }),
  z.strictObject({ percent: z.int().min(0).max(100) }),
]);
const day = z
  .string()
  .refine((text) => /^\d{8}$/.test(text) && serviceDate(text).ok, 'YYYYMMDD')
  .transform((text) => {
    const date = serviceDate(text);
    return date.ok ? date.value : z.NEVER;
  });

/** 票源规则 as domain/allotment says. Weekdays: 1 = Monday … 7 = Sunday. */
const rule = z.strictObject({
  station: z.union([z.literal('*'), z.string().regex(/^\d{9}$/)]),
  line: z.string().regex(/^[!-~]{1,24}$/),
  firstDay: day.optional(),
  lastDay: day.optional(),
  weekdays: z.array(z.int().min(1).max(7)).min(1).max(7).optional(),
  share: amount,
  most: amount.optional(),
  given: z.strictObject({ daysAhead: z.int().min(0).max(90), atMinute: z.int().min(0).max(1439) }).optional(),
  lowWater: z.int().min(0).max(80),
  quotas: z
    .record(z.string().regex(/^[a-z0-9-]{1,40}$/), amount)
    .refine((quotas) => Object.keys(quotas).length <= CHANNELS_MAX, 'too many channels')
    .optional(),
});
const rules = z.array(rule).max(RULES_MAX);
const inForce = z.object({
  version: z.string(),
  validFrom: z.int(),
  until: z.int().nullable(),
  rules: z.array(z.looseObject({})),
});

/** 票源规则: which seats of which trips stations give the hub by themselves, and what channels may sell of them. */
export function allotmentRoutes(app: OpenAPIHono<ApiEnv>, { hub }: Console): void {
  mount(
    app,
    {
      method: 'get',
      path: '/allotments',
      summary: '票源规则 standing orders that count now, or at an instant',
      query: z.object({ at: z.coerce.number().int().min(0).optional() }),
      answer: inForce,
    },
    async ({ query: { at } }) => {
      const { rules: listed, ...rest } = await allotmentsAt(hub.store.read, at ?? hub.clock.now());
      return done({ ...rest, rules: [...listed] });
    },
  );
  mount(
    app,
    {
      method: 'post',
      path: '/allotments',
      summary:
        '设定票源规则 the whole list as a new version of the rules, from an instant on; without one, from now on',
      body: z.strictObject({ validFrom: z.int().min(0).optional(), rules }),
      answer: inForce,
    },
    async ({ c, body }) => {
      const may = permitted(c, 'allotments.set');
      if (!may.ok) return may;
      const now = hub.clock.now();
      const set = await setAllotments(hub.store, c.get('caller'), { validFrom: now, ...body }, now);
      return set.ok ? done({ ...set.value, rules: [...set.value.rules] }) : set;
    },
  );
}
