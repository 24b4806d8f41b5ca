import { paperMaker } from '@lianpiao/shared/store/tickets/ticket-paper';
import { aPassenger, NOON } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AgentDesk } from '../agent-desk.ts';
import { aSale } from '../testing/a-sale.ts';
import { freshAgent } from '../testing/fresh-agent.ts';
import { hubRequests } from './hub-requests.ts';

let agent: Awaited<ReturnType<typeof freshAgent>>;
beforeEach(async () => {
  agent = await freshAgent();
});
afterEach(() => agent.end());

const paper = paperMaker({ keyNo: 1, sign: () => new Uint8Array(64) }, { name: '杭州' }, (seller) => seller);
/** The document of the synthetic passenger of `aSale`. */
const { idType, idNo } = aPassenger(0);
const proof = { idType, idNo };
const requests = () => hubRequests({ agent, clock: { now: () => NOON }, paper } as unknown as AgentDesk);

it('says of a handed-out ticket, when it is asked what became of the request, the same papers as its answer did', async () => {
  const { tickets } = await aSale(agent, { print: false });
  const body = { proof, ticketNos: [tickets[0]!.ticketNo], terminal: '001' };
  const handed = await requests()['ticket.collect']!(body, 'lost-answer');
  expect(handed).toMatchObject({ ok: true, value: { papers: [{ ticketNo: tickets[0]!.ticketNo }] } });
  expect(await requests()['intent.state']!({ key: 'lost-answer' }, 'x')).toEqual({
    ok: true,
    value: { state: 'yes', answer: (handed as { value: unknown }).value },
  });
});

it('burns a key that it has never seen: the late original is refused', async () => {
  const { tickets } = await aSale(agent, { print: false });
  const body = { proof, ticketNos: [tickets[0]!.ticketNo], terminal: '001' };
  expect(await requests()['intent.state']!({ key: 'late' }, 'x')).toEqual({ ok: true, value: { state: 'never-seen' } });
  expect(await requests()['ticket.collect']!(body, 'late')).toMatchObject({ ok: false });
});
