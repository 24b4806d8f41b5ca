import type { OpenAPIHono } from '@hono/zod-openapi';
import { done } from '@lianpiao/shared/domain/outcome';
import { type ApiEnv, callOf, mount } from '@lianpiao/shared/http/openapi-app';
import { ticketView } from '@lianpiao/shared/protocol/ticketing';
import type { Call } from '@lianpiao/shared/store/call';
import { listOverflow } from '@lianpiao/shared/store/epochs/list-overflow';
import type { Context } from 'hono';
import { z } from 'zod';
import type { AgentDesk } from '../agent-desk.ts';
import { mergeTrips } from '../dispatch/merge-trips.ts';
import { seatPassenger } from '../dispatch/seat-passenger.ts';
import { substituteVehicle } from '../dispatch/substitute-vehicle.ts';

const tripId = z.string().max(48);
const seat = z.string().regex(/^[A-Za-z0-9-]{1,8}$/);
const seats = z.array(seat).min(1).max(80);
const vehicleClass = z.string().max(24).optional();
const reseated = z.object({ tripId, epoch: z.int(), leftOver: z.array(z.string()) });

/** 调度: which coach runs a trip, and passengers whom its seat plan has no seat for. */
export function dispatchRoutes(app: OpenAPIHono<ApiEnv>, { agent, clock }: AgentDesk): void {
  const calling = async <Answer>(c: Context, verb: (call: Call) => Promise<Answer>) => {
    const call = await callOf(c, c.get('caller'));
    return call.ok ? verb(call.value) : call;
  };
  mount(
    app,
    {
      method: 'post',
      path: '/trips/{tripId}/vehicle',
      summary: '换车 another coach with a seat plan of its own runs the trip',
      keyed: true,
      params: z.object({ tripId }),
      body: z.object({
        seats,
        vehicleClass,
        vehicle: z.string().max(12).optional(),
        moves: z
          .array(z.object({ seat, to: seat }))
          .max(80)
          .optional(),
      }),
      answer: reseated,
    },
    ({ c, params, body }) => calling(c, (call) => substituteVehicle(agent, call, { ...params, ...body }, clock.now())),
  );
  mount(
    app,
    {
      method: 'post',
      path: '/trips/{tripId}/merge',
      summary: '并班 the passengers of the trip ride on another one',
      keyed: true,
      params: z.object({ tripId }),
      body: z.object({ into: tripId, seats: seats.optional(), vehicleClass }),
      answer: reseated,
    },
    ({ c, params, body }) => calling(c, (call) => mergeTrips(agent, call, { ...params, ...body }, clock.now())),
  );
  mount(
    app,
    {
      method: 'get',
      path: '/overflow',
      summary: '无座旅客 passengers who lost their seat to a new seat plan',
      answer: z.array(z.object({ since: z.int(), ticket: ticketView })),
    },
    async () => done(await listOverflow(agent)),
  );
  mount(
    app,
    {
      method: 'post',
      path: '/overflow/{ticketNo}/seat',
      summary: '补座 a free seat for such a passenger',
      keyed: true,
      params: z.object({ ticketNo: z.string().max(20) }),
      body: z.object({ seat: seat.optional() }),
      answer: z.object({ ticketNo: z.string(), tripId, seat, state: z.enum(['seated', 'asked']) }),
    },
    ({ c, params, body }) => calling(c, (call) => seatPassenger(agent, call, { ...params, ...body }, clock.now())),
  );
}
