import { Fault } from '../../fault.ts';

/**
 * A byte pipe to one device: TCP, serial line or memory. The only way by which a driver reaches metal.
 *
 * Used once: after it closed, whichever side closed it, a new one is made. Listeners are attached before `open`, so that
 * no byte is lost.
 */
export type Transport = {
  /** URL-like, for logs and screens: `tcp://10.0.3.7:9100`. */
  readonly address: string;
  /** Throws Fault `transport.unreachable`. */
  open(): Promise<void>;
  /**
   * Resolves when the operating system has taken the bytes, which says nothing about the device: a printer without
   * paper takes a whole ticket. Throws Fault `transport.closed`.
   */
  write(bytes: Uint8Array): Promise<void>;
  onData(listener: (bytes: Uint8Array) => void): void;
  /** Told exactly once; `cause` is null when either side hung up in an orderly way. An unplugged cable is a cause. */
  onClose(listener: (cause: Error | null) => void): void;
  /** Lets what was written leave, then hangs up. Safe to call twice. */
  close(): Promise<void>;
};

/** Makes a fresh transport to the same device each time: what a driver gets instead of a transport. */
export type Connect = () => Transport;

/** Listener lists of one transport, with the once-only rule of `onClose`. */
export type TransportEvents = Pick<Transport, 'onData' | 'onClose'> & {
  data(bytes: Uint8Array): void;
  closed(cause: Error | null): void;
  isClosed(): boolean;
};

export function createTransportEvents(): TransportEvents {
  const onData: ((bytes: Uint8Array) => void)[] = [];
  const onClose: ((cause: Error | null) => void)[] = [];
  let over = false;
  return {
    onData: (listener) => void onData.push(listener),
    onClose: (listener) => void onClose.push(listener),
    data: (bytes) => {
      if (!over) for (const listener of onData) listener(bytes);
    },
    closed: (cause) => {
      if (over) return;
      over = true;
      for (const listener of onClose) listener(cause);
    },
    isClosed: () => over,
  };
}

export function unreachable(address: string, cause: unknown): Fault {
  return new Fault('transport.unreachable', `no connection to ${address}`, {
    hint: '请检查设备电源、网线或数据线，以及设备地址是否正确。',
    retryable: true,
    cause,
    facts: { address },
  });
}

export function alreadyClosed(address: string, cause?: unknown): Fault {
  return new Fault('transport.closed', `the connection to ${address} is closed`, {
    hint: '连接已断开，程序会自动重新连接；反复出现请检查线缆。',
    retryable: true,
    cause,
    facts: { address },
  });
}
