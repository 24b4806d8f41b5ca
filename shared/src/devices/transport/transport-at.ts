import { Fault } from '../../fault.ts';
import { type SerialSettings, serialTransport } from './serial.ts';
import { tcpTransport } from './tcp.ts';
import type { Transport } from './transport.ts';

const BAUDS = new Set([9600, 19200, 38400, 57600, 115200]);

/**
 * The transport that an address names, not yet open:
 *
 *   tcp://10.0.3.7:9100                    port 9100 when left out
 *   serial:///dev/ttyUSB0?baud=115200      also dataBits, stopBits, parity (none even odd), flow (none rtscts xonxoff)
 *   serial:///COM3
 *
 * Throws Fault `transport.bad-address` for anything else, an unknown parameter included: a misspelt one must not be
 * a silent default.
 */
export function transportAt(address: string): Transport {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url?.protocol === 'tcp:') return tcpAt(address, url);
  if (url?.protocol === 'serial:') return serialAt(address, url);
  throw badAddress(address, 'it must begin with tcp:// or serial://');
}

function tcpAt(address: string, url: URL): Transport {
  if (url.hostname === '') throw badAddress(address, 'the host is missing');
  if (url.pathname.length > 1 || url.search !== '') throw badAddress(address, 'only host and port belong there');
  return tcpTransport(url.hostname.replace(/^\[|\]$/g, ''), url.port === '' ? 9100 : Number(url.port));
}

function serialAt(address: string, url: URL): Transport {
  const path = decodeURIComponent(url.pathname).replace(/^\/(?=COM\d+$)/, '');
  if (url.hostname !== '' || path.length < 2) throw badAddress(address, 'write serial:///dev/… with three strokes');
  const given = new Map(url.searchParams);
  const take = (name: string, fallback: string) => {
    const value = given.get(name) ?? fallback;
    given.delete(name);
    return value;
  };
  const settings = {
    baud: Number(take('baud', '9600')),
    dataBits: Number(take('dataBits', '8')),
    stopBits: Number(take('stopBits', '1')),
    parity: take('parity', 'none'),
    flow: take('flow', 'none'),
  };
  if (given.size > 0) throw badAddress(address, `unknown setting ${[...given.keys()].join(', ')}`);
  if (!areSerialSettings(settings)) throw badAddress(address, 'a line setting is out of range');
  return serialTransport(path, settings);
}

function areSerialSettings(
  given: {
    [name in keyof SerialSettings]: string | number;
  },
): given is SerialSettings {
  return (
    BAUDS.has(Number(given.baud)) &&
    (given.dataBits === 7 || given.dataBits === 8) &&
    (given.stopBits === 1 || given.stopBits === 2) &&
    ['none', 'even', 'odd'].includes(String(given.parity)) &&
    ['none', 'rtscts', 'xonxoff'].includes(String(given.flow))
  );
}

function badAddress(address: string, why: string): Fault {
  return new Fault('transport.bad-address', `"${address}" is no device address: ${why}`, {
    hint: '请在设备设置中改正设备地址，例如 tcp://10.0.3.7:9100 或 serial:///dev/ttyUSB0?baud=115200。',
    retryable: false,
    facts: { address },
  });
}
