import { describe, expect, it } from 'vitest';
import { type Identity, identityOf, mayConnect, mayPublish, maySubscribe } from './topic-rules.ts';

const hub: Identity = { kind: 'hub' };
const hangzhou: Identity = { kind: 'station', station: '330100001' };
const CONTROL = 'ag-330100001-b7-c';
const BULK = 'ag-330100001-b7-b';

const PUBLISH: readonly [topic: string, hub: boolean, hangzhou: boolean][] = [
  ['rt1/s/330100001/up/hello', false, true],
  ['rt1/s/330100001/up/seat', false, true],
  ['rt1/s/330100001/live', false, true],
  ['rt1/s/330100001/dn/seat', true, false],
  ['rt1/s/330600001/dn/welcome', true, false],
  ['rt1/s/330600001/up/seat', false, false],
  ['rt1/s/330600001/live', false, false],
  ['rt1/s/330100001/up/seat/x', false, false],
  ['rt1/s/330100001/up/', false, false],
  ['rt1/s/330100001/up', false, false],
  ['rt1/s/330100001/up/SEAT', false, false],
  ['rt1/s/3301000010/up/seat', false, false],
  ['rt1/hub/live', true, false],
  ['rt1/all/hint', true, false],
  ['rt2/s/330100001/up/seat', false, false],
  ['$SYS/anything/new/clients', false, false],
  ['', false, false],
];

const SUBSCRIBE: readonly [filter: string, hub: boolean, hangzhou: boolean][] = [
  ['rt1/s/330100001/dn/+', false, true],
  ['rt1/s/330100001/dn/welcome', false, true],
  ['rt1/s/330100001/dn/ref', false, false],
  ['rt1/hub/live', true, true],
  ['rt1/all/hint', true, true],
  ['rt1/s/+/up/+', true, false],
  ['rt1/s/+/live', true, false],
  ['rt1/s/+/dn/+', false, false],
  ['rt1/s/330600001/dn/+', false, false],
  ['rt1/s/330100001/#', false, false],
  ['rt1/s/330100001/up/+', false, false],
  ['rt1/#', false, false],
  ['#', false, false],
  ['+/+', false, false],
  ['$SYS/#', false, false],
  ['$share/g/rt1/s/+/up/+', false, false],
];

describe('the topic rules', () => {
  it.each(PUBLISH)('publishing %j: hub %j, station 330100001 %j', (topic, forHub, forHangzhou) => {
    expect(mayPublish(hub, 'hub-1', { topic, qos: 1, retain: false })).toBe(forHub);
    expect(mayPublish(hangzhou, CONTROL, { topic, qos: 1, retain: false })).toBe(forHangzhou);
  });

  it.each(SUBSCRIBE)('subscribing %j: hub %j, station 330100001 %j', (filter, forHub, forHangzhou) => {
    expect(maySubscribe(hub, 'hub-1', filter)).toBe(forHub);
    expect(maySubscribe(hangzhou, CONTROL, filter)).toBe(forHangzhou);
  });

  it('give the bulk connection its own topics and nothing else, neither life sign nor will', () => {
    const publish = (clientId: string, channel: string) =>
      mayPublish(hangzhou, clientId, { topic: `rt1/s/330100001/${channel}`, qos: 1, retain: false });
    for (const channel of ['up/ref', 'up/tel'])
      expect([publish(BULK, channel), publish(CONTROL, channel)]).toEqual([true, false]);
    for (const channel of ['up/hello', 'up/req', 'up/seat', 'up/ev', 'up/ack', 'live'])
      expect([publish(BULK, channel), publish(CONTROL, channel)]).toEqual([false, true]);
    expect(maySubscribe(hangzhou, BULK, 'rt1/s/330100001/dn/ref')).toBe(true);
    for (const filter of ['rt1/s/330100001/dn/+', 'rt1/s/330100001/dn/seat', 'rt1/hub/live', 'rt1/s/330600001/dn/ref'])
      expect(maySubscribe(hangzhou, BULK, filter)).toBe(false);
    expect(mayConnect(hangzhou, { clientId: BULK, clean: true })).toBe(true);
    const will = { topic: 'rt1/s/330100001/live', qos: 1, retain: true };
    expect(mayConnect(hangzhou, { clientId: BULK, clean: true, will })).toBe(false);
  });

  it('retain live states only, and know no QoS 2', () => {
    expect(mayPublish(hangzhou, CONTROL, { topic: 'rt1/s/330100001/live', qos: 1, retain: true })).toBe(true);
    expect(mayPublish(hub, 'hub-1', { topic: 'rt1/hub/live', qos: 1, retain: true })).toBe(true);
    expect(mayPublish(hangzhou, CONTROL, { topic: 'rt1/s/330100001/up/ev', qos: 1, retain: true })).toBe(false);
    expect(mayPublish(hub, 'hub-1', { topic: 'rt1/s/330100001/dn/ev', qos: 1, retain: true })).toBe(false);
    expect(mayPublish(hangzhou, CONTROL, { topic: 'rt1/s/330100001/up/ev', qos: 2, retain: false })).toBe(false);
  });

  it('take the identity from the certificate and demand a client id that starts with it', () => {
    expect(identityOf('hub')).toEqual(hub);
    expect(identityOf('st-330100001')).toEqual(hangzhou);
    for (const name of ['st-33010000', 'st-330100001x', 'broker', 'HUB', '', undefined])
      expect(identityOf(name)).toBeUndefined();

    const request = { clientId: 'ag-330100001-b7-c', clean: true };
    expect(mayConnect(hangzhou, request)).toBe(true);
    expect(mayConnect(hub, { clientId: 'hub-1', clean: true })).toBe(true);
    for (const clientId of [
      'ag-330600001-b7-c',
      'ag-330100001-b7-d',
      'ag-330100001-b7',
      'ag-330100001-b7-b-c',
      'ag-330100001-',
      'hub-1',
      '',
      '__proto__',
      `ag-330100001-${'x'.repeat(60)}`,
      'ag-330100001-ä',
    ]) {
      expect(mayConnect(hangzhou, { clientId, clean: true })).toBe(false);
    }
    expect(mayConnect(hangzhou, { ...request, clean: false })).toBe(false);
    expect(mayConnect(hangzhou, { ...request, will: { topic: 'rt1/s/330100001/live', qos: 1, retain: true } })).toBe(
      true,
    );
    expect(mayConnect(hangzhou, { ...request, will: { topic: 'rt1/s/330600001/live', qos: 1, retain: true } })).toBe(
      false,
    );
  });
});
