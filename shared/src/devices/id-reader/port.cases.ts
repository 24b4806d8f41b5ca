import { afterEach, describe, expect, it } from 'vitest';
import { soon } from '../soon.ts';
import type { IdReader, IdReaderEvent } from './port.ts';
import type { SimulatedCard } from './simulator/simulated-card.ts';
import type { IdReaderFault, SimulatedIdReader } from './simulator/simulated-id-reader.ts';

/** A driver under test, not yet started, with the simulated reader at the other end of its line. */
export type IdReaderUnderTest = { readonly reader: IdReader; readonly simulated: SimulatedIdReader };

/** Synthetic persons: the numbers are made up, their check digits are right. */
export const ZHANG: SimulatedCard = { flag: '', name: '张三丰', idNo: '330106199003070014', validUntil: '20360307' };
export const LI: SimulatedCard = { flag: '', name: '李小红', idNo: '330106198805120023', validUntil: '长期' };

/** What every ID reader must do, whatever its kind and line. */
export function idReaderCases(name: string, make: () => Promise<IdReaderUnderTest>): void {
  describe(name, () => {
    const readers: IdReader[] = [];
    afterEach(async () => {
      await Promise.all(readers.splice(0).map((reader) => reader.close()));
    });

    async function started() {
      const made = await make();
      const events: IdReaderEvent[] = [];
      made.reader.onEvent((event) => events.push(event));
      readers.push(made.reader);
      made.reader.start();
      await soon(() => expect(events).toEqual([{ kind: 'ready' }]));
      return { ...made, events: events as readonly IdReaderEvent[], told: () => events.slice(1).map(short) };
    }

    it('tells a card once while it lies there, and again when it is laid down anew', async () => {
      const { simulated, told } = await started();
      simulated.place(ZHANG);
      await soon(() => expect(told()).toEqual(['card 张三丰', 'removed']));
      simulated.lift();
      simulated.place(ZHANG);
      await soon(() => expect(told()).toEqual(['card 张三丰', 'removed', 'card 张三丰', 'removed']));
    });

    it('tells everything that a ticket needs and nothing else', async () => {
      const { simulated, events } = await started();
      simulated.place(ZHANG);
      await soon(() => expect(events.length).toBeGreaterThan(1));
      expect(events[1]).toEqual({
        kind: 'card',
        card: {
          idType: 'resident',
          name: '张三丰',
          idNo: '330106199003070014',
          birthOn: '19900307',
          sex: 'male',
          validUntil: '20360307',
        },
      });
    });

    it('tells the removal first when one card is laid in place of another', async () => {
      const { simulated, told } = await started();
      simulated.place(ZHANG);
      await soon(() => expect(told()[0]).toBe('card 张三丰'));
      simulated.place(LI);
      await soon(() => expect(told()).toEqual(['card 张三丰', 'removed', 'card 李小红', 'removed']));
    });

    it.each<IdReaderFault>(['noise', 'drip'])('reads through a bad line: %s', async (fault) => {
      const { simulated, told } = await started();
      simulated.misbehave(fault);
      simulated.place(ZHANG);
      await soon(() => expect(told()[0]).toBe('card 张三丰'));
    });

    it.each<[IdReaderFault, string]>([
      ['silent', 'fault id-reader.silent'],
      ['bad-checksum', 'fault id-reader.silent'],
      ['half-frame', 'fault id-reader.silent'],
      ['sam-fault', 'fault id-reader.sam-fault'],
    ])('tells a fault of the reader once, and that it is over: %s', async (fault, expected) => {
      const { simulated, told, reader } = await started();
      simulated.misbehave(fault);
      await soon(() => expect(told()).toEqual([expected]));
      expect(reader.state()).toBe(expected.slice('fault '.length));
      simulated.misbehave('none');
      await soon(() => expect(told()).toEqual([expected, 'ready']));
    });

    it('asks to lay the card down again when it cannot be read, and reads it then', async () => {
      const { simulated, told } = await started();
      simulated.misbehave('auth-failed');
      simulated.place(ZHANG);
      await soon(() => expect(told()).toEqual(['fault id-reader.replace-card']));
      simulated.misbehave('none');
      await soon(() => expect(told()).toContain('card 张三丰'));
    });

    it('refuses a document of a kind that it does not know, until it is lifted', async () => {
      const { simulated, told } = await started();
      simulated.place({ ...ZHANG, flag: 'X' });
      await soon(() => expect(told()).toEqual(['fault id-reader.unknown-card', 'removed']));
      simulated.place(LI);
      await soon(() => expect(told()).toContain('card 李小红'));
    });

    it('connects again by itself after the reader went away', async () => {
      const { simulated, told } = await started();
      await simulated.close();
      await soon(() => expect(told()).toEqual(['fault id-reader.unplugged', 'ready']));
      simulated.place(ZHANG);
      await soon(() => expect(told()).toContain('card 张三丰'));
    });

    it('falls silent when it is closed', async () => {
      const { simulated, told, reader } = await started();
      await reader.close();
      simulated.place(ZHANG);
      expect(told()).toEqual([]);
    });
  });
}

function short(event: IdReaderEvent): string {
  if (event.kind === 'card') return `card ${event.card.name}`;
  return event.kind === 'fault' ? `fault ${event.code}` : event.kind;
}
