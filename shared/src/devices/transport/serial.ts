import { SerialLine } from './serial-line.ts';
import { alreadyClosed, createTransportEvents, type Transport, unreachable } from './transport.ts';

/** Line settings of a serial device. ID readers run at 115200 8N1 without flow control, serial printers vary. */
export type SerialSettings = {
  readonly baud: number;
  readonly dataBits: 7 | 8;
  readonly stopBits: 1 | 2;
  readonly parity: 'none' | 'even' | 'odd';
  readonly flow: 'none' | 'rtscts' | 'xonxoff';
};

/** A serial line by device path: `/dev/serial/by-id/…` (stable over re-plugging), `/dev/ttyUSB0`, `COM3`, a PTY. */
export function serialTransport(path: string, settings: SerialSettings): Transport {
  const address = `serial://${path.startsWith('/') ? '' : '/'}${path}?baud=${settings.baud}`;
  const events = createTransportEvents();
  const port = new SerialLine({
    path,
    baudRate: settings.baud,
    dataBits: settings.dataBits,
    stopBits: settings.stopBits,
    parity: settings.parity,
    rtscts: settings.flow === 'rtscts',
    xon: settings.flow === 'xonxoff',
    xoff: settings.flow === 'xonxoff',
    autoOpen: false,
  });
  port.on('data', (bytes: Buffer) => events.data(bytes));
  // A pulled cable is told as `close` with an error and without any `error` event; a bad write as `error`, then `close`.
  let cause: Error | null = null;
  port.on('error', (error: Error) => {
    cause = error;
  });
  port.on('close', (error: Error | null) => events.closed(error ?? cause));

  return {
    address,
    onData: events.onData,
    onClose: events.onClose,
    open: () =>
      new Promise((resolve, reject) => port.open((error) => (error ? reject(unreachable(address, error)) : resolve()))),
    write: (bytes) =>
      new Promise((resolve, reject) => {
        if (!port.isOpen) return reject(alreadyClosed(address));
        port.write(Buffer.from(bytes), (error) => (error ? reject(alreadyClosed(address, error)) : resolve()));
      }),
    close: () =>
      new Promise((resolve) => {
        if (!port.isOpen) return resolve();
        port.close(() => resolve());
      }),
  };
}
