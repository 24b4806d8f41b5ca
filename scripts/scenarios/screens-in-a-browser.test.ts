import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Offer } from '@lianpiao/shared/protocol/ticketing';
import { aPassenger } from '@lianpiao/shared/testing/builders';
import { needs } from '@lianpiao/shared/testing/needs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../demo/http-client.ts';
import { trayTicket } from '../demo/look.ts';
import { World } from '../demo/world.ts';

const installed = needs('chromium');
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** The counter at 125 % zoom of 1366 × 768, the design size. */
const COUNTER = { width: 1093, height: 614 };

let folder: string;
let world: World;
let browser: Browser;

describe.runIf(installed.have)('the screens, in a browser, against a running province', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'lianpiao-screens-'));
    [world, browser] = await Promise.all([
      World.open(folder, () => undefined),
      chromium.launch({ executablePath: installed.have ? installed.path : '', args: ARGS }),
    ]);
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await world?.province.close();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it('sell a full fare for cash with an ID card in at most nine keys, without a mouse and without scrolling', async () => {
    await until(
      'trips',
      () => world.counters.hangzhou.get<Offer[]>('/trips/departures'),
      (found) => found.length > 10,
      20_000,
    );
    const { page, errors } = await open(world.province.agentUrl('hangzhou'), COUNTER);
    const { user, password } = world.province.credentials('hangzhou').clerk;
    await page.waitForSelector('input');
    await page.keyboard.type(user);
    await page.keyboard.press('Tab');
    await page.keyboard.type(password);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('即将发车').waitFor();

    let keys = 0;
    const press = async (key: string) => {
      keys += 1;
      await page.keyboard.press(key);
    };
    await press('n');
    await press('b');
    await page.getByText('ningbo', { exact: false }).first().waitFor();
    await press('Enter');
    await page.getByText('锁座 1 张').waitFor();
    await press('Enter');
    await page.getByText('锁座剩').waitFor();
    await world.desk.post('/readers/hangzhou/card', aPassenger(1));
    await page.getByText('成交并打印').waitFor();
    for (const key of ['1', '0', '0', 'Enter']) await press(key);
    await seen(page, '已打印');

    expect(keys).toBeLessThanOrEqual(9);
    const beyond =
      '[document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]';
    const scroll = (await page.evaluate(beyond)) as number[];
    expect(scroll.every((over) => over <= 0)).toBe(true);
    const [sold] = await world.counters.hangzhou.get<{ ticketNo: string }[]>('/tickets');
    await trayTicket(world, 'hangzhou', sold!.ticketNo);
    expect(await page.content()).not.toContain(aPassenger(1).idNo);
    expect(errors).toEqual([]);
  });

  it('show a printed ticket in the tray, as paper would show it', async () => {
    const { page, errors } = await open(world.province.desk.url, { width: 1200, height: 900 });
    await page.locator('img[src*=".svg"]').first().waitFor();
    expect(errors).toEqual([]);
  });

  it('greet passengers at the kiosk', async () => {
    const { page, errors } = await open(world.province.kioskUrl, { width: 1080, height: 1920 });
    await page.getByText('取票').first().waitFor();
    expect(errors).toEqual([]);
  });

  it('show all stations on line at the console, after signing in', async () => {
    const { page, errors } = await open(world.province.hubUrl, { width: 1280, height: 720 });
    const { user, password } = world.province.hubCredentials().admin;
    await page.locator('input').first().fill(user);
    await page.locator('input[type=password]').fill(password);
    await page.keyboard.press('Enter');
    await page.getByText('杭州客运中心站').first().waitFor();
    await page.getByText('在线').first().waitFor();
    expect(errors).toEqual([]);
  });
});

/** Waits for a text; a failure says what the screen showed instead. */
async function seen(page: Page, text: string): Promise<void> {
  try {
    await page.getByText(text).waitFor({ timeout: 10_000 });
  } catch (cause) {
    throw new Error(`no ${text} on the screen, but:\n${await page.innerText('body')}`, { cause });
  }
}

/** A page that keeps what its scripts throw. */
async function open(
  url: string,
  viewport: { width: number; height: number },
): Promise<{ page: Page; errors: string[] }> {
  const page = await browser.newPage({ viewport });
  const errors: string[] = [];
  page.on('pageerror', (cause) => errors.push(cause.message));
  await page.goto(url);
  return { page, errors };
}
