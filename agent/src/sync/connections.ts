import {
  type MqttSession,
  openMqttSession,
  type SessionTls,
  type SessionTrouble,
} from '@lianpiao/shared/link/mqtt-session';
import { bulkFilters, controlFilters, liveTopic } from '@lianpiao/shared/protocol/topics';

export type ConnectionsOptions = {
  readonly station: string;
  /** `mqtts://host:port`, in the order of preference. */
  readonly brokers: readonly [string, ...string[]];
  readonly tls: SessionTls;
  /** This life of the process. */
  readonly boot: string;
  /** The station's retained sign of life, or its will. */
  readonly lifeSign: (on: boolean) => Uint8Array;
  readonly hear: (topic: string, payload: Uint8Array) => Promise<void>;
  /** The control connection is there, or has ended. */
  readonly up: () => void;
  readonly down: () => void;
  readonly trouble: (trouble: SessionTrouble) => void;
  readonly log: (event: string, facts: Readonly<Record<string, unknown>>) => void;
};

/** `bulk` carries what nobody waits for; without it nothing stops. */
export type Connections = {
  readonly control: MqttSession;
  readonly bulk: MqttSession;
  /** Says goodbye on both. Resolves when nothing is being heard any more. */
  readonly close: () => Promise<void>;
};

/** Opens the station's two connections, which go on by themselves (station-link: processes). */
export function openConnections(options: ConnectionsOptions): Connections {
  const { station, brokers: urls, tls, boot, lifeSign, hear, up, down, trouble, log } = options;
  const live = liveTopic(station);
  const both = { urls, tls, onMessage: hear, onTrouble: trouble, random: Math.random };
  const control: MqttSession = openMqttSession({
    ...both,
    clientId: `ag-${station}-${boot}-c`,
    will: () => ({ topic: live, payload: lifeSign(false), retain: true }),
    subscriptions: controlFilters(station),
    onUp: (url) => {
      log('link.connected', { url });
      control.publish(live, lifeSign(true), { retain: true });
      up();
    },
    onDown: (reason) => {
      log('link.disconnected', { reason });
      down();
    },
  });
  const bulk = openMqttSession({
    ...both,
    clientId: `ag-${station}-${boot}-b`,
    subscriptions: bulkFilters(station),
    onUp: (url) => log('link.bulk-connected', { url }),
    onDown: (reason) => log('link.bulk-disconnected', { reason }),
  });
  const close = async () => {
    control.publish(live, lifeSign(false), { retain: true });
    await Promise.all([control.close(), bulk.close()]);
  };
  return { control, bulk, close };
}
