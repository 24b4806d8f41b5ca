import { listen } from '@lianpiao/shared/http/listen';
import { Hono } from 'hono';

/** A handler of the bare framework in a process of its own: it answers with texts of the lengths that it was told last. */
let texts: readonly string[] = [''];
let next = 0;
const app = new Hono();
app.get('/channel/v1/trips', (c) => {
  next = (next + 1) % texts.length;
  return c.body(texts[next]!, 200, { 'content-type': 'application/json' });
});
const { address } = await listen(app.fetch, '127.0.0.1', 0);
process.send!(address);
process.on('message', (lengths: readonly number[]) => {
  texts = lengths.map((length) => Buffer.alloc(length, 'x').toString('latin1'));
  process.send!('ready');
});
process.once('disconnect', () => process.exit(0));
