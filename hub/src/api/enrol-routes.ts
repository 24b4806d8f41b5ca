import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Clock } from '@lianpiao/shared/clock';
import { type ApiEnv, mount } from '@lianpiao/shared/http/openapi-app';
import { enrolmentAnswer, enrolmentRequest } from '@lianpiao/shared/protocol/enrolment';
import { type EnrolmentDesk, enrolStation } from '../stations/enrol-station.ts';

/** `POST /enrol/v1`: a station shows its one-time token. Certificates are dated by the machine's own clock. */
export function enrolRoutes(app: OpenAPIHono<ApiEnv>, desk: EnrolmentDesk, clock: Clock): void {
  const route = {
    method: 'post',
    path: '/enrol/v1',
    summary: '车站登记 enrolment of a station',
    body: enrolmentRequest,
    answer: enrolmentAnswer,
  } as const;
  mount(app, route, ({ body }) => enrolStation(desk, body, clock.now(), Date.now()));
}
