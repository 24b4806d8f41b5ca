import type { OpenAPIHono } from '@hono/zod-openapi';
import { done, refuse } from '@lianpiao/shared/domain/outcome';
import { type ApiEnv, mount } from '@lianpiao/shared/http/openapi-app';
import { z } from 'zod';
import type { Console } from './console.ts';
import { orderDetailOf } from './order-detail.ts';
import { listOrders } from './order-list.ts';
import { markOf } from './paging.ts';
import { orderDetail, orderPage, orderQuery } from './sales-bodies.ts';

/** Orders with their payments: nothing is ever deleted, and what waits for money has a view of its own. */
export function orderRoutes(app: OpenAPIHono<ApiEnv>, { hub }: Console): void {
  mount(
    app,
    { method: 'get', path: '/orders', summary: '订单 orders with payment state', query: orderQuery, answer: orderPage },
    async ({ query }) => {
      const mark = markOf(query.after);
      return mark.ok ? done(await listOrders(hub.store.read, { ...query, mark: mark.value })) : mark;
    },
  );
  mount(
    app,
    {
      method: 'get',
      path: '/orders/{orderId}',
      summary: '订单详情 one order: money, tickets, what happened',
      params: z.object({ orderId: z.string().min(1).max(64) }),
      answer: orderDetail,
    },
    async ({ params }) => {
      const found = await orderDetailOf(hub, params.orderId, hub.clock.now());
      return found ? done(found) : refuse({ code: 'order.unknown', orderId: params.orderId });
    },
  );
}
