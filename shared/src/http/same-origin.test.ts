import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { sameOrigin } from './same-origin.ts';

const app = new Hono();
app.use(sameOrigin);
app.all('/sales', (c) => c.text('done'));
const status = async (headers: Record<string, string>, method = 'POST') =>
  (await app.request('http://station.test:8101/sales', { method, headers })).status;

describe('a request with a session cookie', () => {
  it('is refused when the browser says that another site or origin sent it, in words', async () => {
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'http://evil.test' },
      { origin: 'http://station.test:8102' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site', origin: 'http://station.test:8101' },
    ] as Record<string, string>[])
      for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'])
        expect([headers, await status(headers, method)]).toEqual([headers, 403]);
    const refused = await app.request('http://station.test:8101/sales', {
      method: 'POST',
      headers: { origin: 'http://evil.test', 'accept-language': 'en' },
    });
    expect(await refused.json()).toMatchObject({
      code: 'auth.foreign-origin',
      title: expect.stringContaining('another web site'),
    });
  });

  it('is served from its own pages, from programs, and when it only reads', async () => {
    expect(await status({ 'sec-fetch-site': 'same-origin', origin: 'https://in-front-of-a-proxy.test' })).toBe(200);
    expect(await status({ 'sec-fetch-site': 'none' })).toBe(200);
    expect(await status({ origin: 'http://station.test:8101' })).toBe(200);
    expect(await status({})).toBe(200);
    expect(await status({ 'sec-fetch-site': 'cross-site' }, 'GET')).toBe(200);
  });
});
