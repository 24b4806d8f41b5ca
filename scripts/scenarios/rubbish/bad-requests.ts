/** A request that no program of ours would send, and what it must hear. Without `body` there is none. */
export type BadRequest = {
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly status: number;
  readonly code: string;
};

const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;

/** Rubbish that every interface for programs must bear at `path`, which takes a hold. */
export function badHolds(path: string): BadRequest[] {
  const hold = (changes: object) =>
    JSON.stringify({ tripId: '330100001-20261121-X1', from: 0, to: 1, count: 1, ...changes });
  const post = { method: 'POST' as const, path };
  const malformed = { ...post, status: 422, code: 'body.malformed' };
  return [
    { ...malformed, name: 'no body' },
    { ...malformed, name: 'no JSON', body: '{"tripId": "330100001-2026' },
    {
      ...malformed,
      name: 'bytes of a picture',
      body: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x00, 0xff, 0xfe]),
    },
    {
      ...malformed,
      name: 'half a character',
      body: Buffer.concat([Buffer.from('{"tripId":"'), Buffer.from([0xe6, 0x9d])]),
    },
    { ...malformed, name: 'a list', body: '[]' },
    { ...malformed, name: 'null', body: 'null' },
    { ...malformed, name: 'brackets in brackets', body: deep },
    { ...malformed, name: 'a number as text', body: hold({ count: 'three' }) },
    { ...malformed, name: 'half a seat', body: hold({ count: 0.5 }) },
    { ...malformed, name: 'a stop before the first', body: hold({ from: -1 }) },
    { ...malformed, name: 'more seats than anybody may hold', body: hold({ count: 6000 }) },
    {
      ...malformed,
      name: 'a form',
      body: 'tripId=1&from=0',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    },
    {
      ...post,
      name: 'a whole book',
      body: hold({ seats: ['x'.repeat(300_000)] }),
      status: 422,
      code: 'body.too-large',
    },
    {
      ...post,
      name: 'no idempotency key',
      body: hold({}),
      headers: { 'idempotency-key': undefined },
      status: 422,
      code: 'call.key-missing',
    },
    {
      ...post,
      name: 'a trip that is not there',
      body: hold({ tripId: '330100001-20261121-NONE' }),
      status: 404,
      code: 'trip.unknown',
    },
    {
      ...post,
      name: 'no token',
      body: hold({}),
      headers: { authorization: undefined },
      status: 401,
      code: 'auth.needed',
    },
    {
      ...post,
      name: 'a made-up token',
      body: hold({}),
      headers: { authorization: `Bearer ${'x'.repeat(40)}` },
      status: 401,
      code: 'auth.needed',
    },
    {
      name: 'a path that is not there',
      method: 'GET',
      path: `${path}/nothing/here`,
      status: 404,
      code: 'path.not-found',
    },
  ];
}
