import { type MqttSession, openMqttSession } from '@lianpiao/shared/link/mqtt-session';
import { controlFilters, HUB_FILTERS } from '@lianpiao/shared/protocol/topics';
import { seededRandom } from '@lianpiao/shared/testing/chaos-transport';
import { LinkRig } from '../scenarios/link-rig.ts';

/** What happens to a message that the broker has acknowledged. Probabilities 0 … 1, delay in ms. */
export type Lies = { readonly loss: number; readonly duplication: number; readonly delayMsMax: number };

type Carry = (topic: string, payload: Uint8Array, options?: { retain?: boolean }) => boolean;

/**
 * Two real brokers, the stations at one and the hub at the other, and between them something that drops, doubles and
 * reorders what the first has acknowledged: a broker that lies, under real certificates and topic rules.
 */
export class LyingBroker {
  readonly stations: LinkRig;
  readonly hub: LinkRig;
  readonly #random: () => number;
  readonly #sessions: MqttSession[] = [];
  #lies: Lies;
  carried = { lost: 0, doubled: 0, passed: 0 };

  private constructor(stations: LinkRig, hub: LinkRig, seed: number, lies: Lies) {
    this.stations = stations;
    this.hub = hub;
    this.#random = seededRandom(seed);
    this.#lies = lies;
  }

  static async between(codes: readonly string[], seed: number, lies: Lies): Promise<LyingBroker> {
    const stations = await LinkRig.open();
    const hub = await LinkRig.open();
    const broker = new LyingBroker(stations, hub, seed, lies);
    const up = new Map<string, Carry>();
    let down: Carry = () => false;
    const joined: Promise<void>[] = [];
    for (const code of codes) {
      const session = Promise.withResolvers<void>();
      joined.push(session.promise);
      const atHub = openMqttSession({
        urls: hub.brokers,
        tls: await hub.tlsOf(code),
        clientId: `ag-${code}-relay-c`,
        subscriptions: controlFilters(code),
        onMessage: (topic, payload) => broker.#carry(down, topic, payload),
        onUp: () => session.resolve(),
        onDown: () => undefined,
        random: Math.random,
      });
      up.set(code, (topic, payload, options) => atHub.publish(topic, payload, options));
      broker.#sessions.push(atHub);
    }
    const session = Promise.withResolvers<void>();
    joined.push(session.promise);
    const atStations = openMqttSession({
      urls: stations.brokers,
      tls: stations.hubTls,
      clientId: 'hub-relay',
      subscriptions: HUB_FILTERS,
      onMessage: (topic, payload) => {
        const carry = up.get(topic.split('/')[2] ?? '');
        if (carry) broker.#carry(carry, topic, payload);
      },
      onUp: () => session.resolve(),
      onDown: () => undefined,
      random: Math.random,
    });
    down = (topic, payload, options) => atStations.publish(topic, payload, options);
    broker.#sessions.push(atStations);
    await Promise.all(joined);
    return broker;
  }

  tell(lies: Lies): void {
    this.#lies = lies;
  }

  async close(): Promise<void> {
    for (const session of this.#sessions) await session.close();
    await this.stations.close();
    await this.hub.close();
  }

  #carry(carry: Carry, topic: string, payload: Uint8Array): void {
    const { loss, duplication, delayMsMax } = this.#lies;
    // Bulk has a connection of its own, which is not relayed: nothing of it matters.
    if (topic.endsWith('/tel')) return;
    // Life signs are retained and few: they pass, so that lies are told about what matters.
    const live = topic.endsWith('/live');
    if (!live && this.#random() < loss) {
      this.carried.lost += 1;
      return;
    }
    const copies = !live && this.#random() < duplication ? 3 : 1;
    if (copies > 1) this.carried.doubled += 1;
    for (let copy = 0; copy < copies; copy += 1) {
      this.carried.passed += 1;
      const send = () => void carry(topic, payload, live ? { retain: true } : {});
      if (live || delayMsMax === 0) send();
      else setTimeout(send, this.#random() * delayMsMax);
    }
  }
}
