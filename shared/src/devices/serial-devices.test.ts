import { afterEach, describe, expect, it } from 'vitest';
import { needs } from '../testing/needs.ts';
import { samReader } from './id-reader/sam-driver.ts';
import { simulatedIdReader } from './id-reader/simulator/simulated-id-reader.ts';
import { soon } from './soon.ts';
import { escposPrinter } from './ticket-printer/escpos/driver.ts';
import { CASE_PAGE } from './ticket-printer/port.cases.ts';
import { CHINESE_HEAD_80MM } from './ticket-printer/printer-profile.ts';
import { simulatedPrinter } from './ticket-printer/simulator/simulated-printer.ts';
import { serialPair } from './transport/pseudo-terminals.ts';
import { transportAt } from './transport/transport-at.ts';

const toClose: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close();
});

/** A serial line whose far end is open for a simulated device. */
async function aLine() {
  const pair = await serialPair();
  const far = transportAt(pair.far);
  await far.open();
  toClose.push(pair.close, far.close);
  return { connect: () => transportAt(pair.near), far };
}

describe.runIf(needs('socat').have)('over a serial line', () => {
  it('prints a ticket and has it confirmed', async () => {
    const { connect, far } = await aLine();
    const simulated = simulatedPrinter({ id: 'p1', now: () => 0 });
    simulated.attach(far);
    const printer = escposPrinter({ connect, profile: CHINESE_HEAD_80MM });
    expect(await printer.print(CASE_PAGE, '0001')).toEqual({ kind: 'confirmed' });
    expect(simulated.tickets()).toMatchObject([{ state: 'complete' }]);
  });

  it('reads an ID card that comes byte by byte', async () => {
    const { connect, far } = await aLine();
    const simulated = simulatedIdReader('r1');
    simulated.attach(far);
    simulated.misbehave('drip');
    // Synthetic person.
    simulated.place({ flag: '', name: '张三丰', idNo: '330106199003070014', validUntil: '长期' });
    const reader = samReader({ connect });
    const names: string[] = [];
    reader.onEvent((event) => event.kind === 'card' && names.push(event.card.name));
    reader.start();
    await soon(() => expect(names).toEqual(['张三丰']));
    await reader.close();
  });
});
