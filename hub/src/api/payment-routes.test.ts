import { afterEach, beforeEach, expect, it } from 'vitest';
import { SIGNATURE_HEADER, signCall } from '../payments/sandbox/signature.ts';
import { type FreshHub, freshHub } from '../testing/fresh-hub.ts';

/** The secret of the provider in `freshHub`. */
const SECRET = Buffer.alloc(32, 9);
let hub: FreshHub;
beforeEach(async () => {
  hub = await freshHub();
});
afterEach(() => hub.end());

it('refuses a signed notice that is no JSON, or JSON of another form, as malformed', async () => {
  for (const body of ['', '{', 'paid=1', 'null', '[]', '{"paymentId":1}']) {
    const signature = signCall(SECRET, { method: 'POST', path: '/psp/notify', body });
    const answer = await hub.http.request('http://hub.test/psp/notify', {
      method: 'POST',
      body,
      headers: { [SIGNATURE_HEADER]: signature },
    });
    expect([body, answer.status, await answer.json()]).toMatchObject([body, 422, { code: 'body.malformed' }]);
  }
});
