import { expect, it } from 'vitest';
import { kioskConfig } from './config.ts';

const LEAST = {
  agent: { url: 'http://127.0.0.1:8101', token: 'a-token-of-this-kiosk' },
  printer: { address: 'tcp://127.0.0.1:9100' },
};

it('needs an agent and a printer, and knows the rest by itself', () => {
  expect(kioskConfig.parse(LEAST)).toMatchObject({
    reader: null,
    http: { host: '127.0.0.1', port: 8201 },
    terminal: '101',
    production: false,
  });
});

it('refuses an unknown key, and a screen that other machines could reach', () => {
  expect(kioskConfig.safeParse({ ...LEAST, raeder: null }).success).toBe(false);
  expect(kioskConfig.safeParse({ ...LEAST, http: { host: '0.0.0.0' } }).success).toBe(false);
});
