import { Hono } from 'hono';
import { z } from 'zod';
import { refusalAnswer } from '../../../http/problem.ts';
import { simulatedCard } from './simulated-card.ts';
import { ID_READER_FAULTS, isIdReaderFault, type SimulatedIdReader } from './simulated-id-reader.ts';

const faultBody = z.object({ fault: z.string().refine(isIdReaderFault) });

export type ControlledReader = SimulatedIdReader & { readonly address: string };

/** Lays synthetic cards on simulated readers and lifts them, over HTTP: for demo, trainer and tests. */
export function readerControl(readers: ReadonlyMap<string, ControlledReader>): Hono {
  const app = new Hono();

  app.get('/readers', (c) =>
    c.json({
      readers: [...readers.values()].map((reader) => ({
        id: reader.id,
        address: reader.address,
        fault: reader.fault(),
        card: reader.card(),
      })),
      faults: ID_READER_FAULTS,
    }),
  );

  app.post('/readers/:id/card', async (c) => {
    const reader = readers.get(c.req.param('id'));
    if (!reader) return refusalAnswer(c, { code: 'device.unknown' });
    const card = simulatedCard.safeParse(await c.req.json().catch(() => null));
    if (!card.success) return refusalAnswer(c, malformed(card.error));
    reader.place(card.data);
    return c.json({ id: reader.id, card: reader.card() });
  });

  app.delete('/readers/:id/card', (c) => {
    const reader = readers.get(c.req.param('id'));
    if (!reader) return refusalAnswer(c, { code: 'device.unknown' });
    reader.lift();
    return c.json({ id: reader.id, card: null });
  });

  app.post('/readers/:id/fault', async (c) => {
    const reader = readers.get(c.req.param('id'));
    if (!reader) return refusalAnswer(c, { code: 'device.unknown' });
    const body = faultBody.safeParse(await c.req.json().catch(() => null));
    if (!body.success) return refusalAnswer(c, malformed(body.error));
    reader.misbehave(body.data.fault);
    return c.json({ id: reader.id, fault: reader.fault() });
  });
  return app;
}

function malformed(error: z.ZodError) {
  return { code: 'body.malformed', where: error.issues[0]?.path.join('.') ?? '' };
}
