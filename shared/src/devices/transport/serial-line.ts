import { read } from 'node:fs';
import { promisify } from 'node:util';
import { SerialPort } from 'serialport';

const readSome = promisify(read);
/** What the system says of an open line with nothing to read. */
const NOTHING_YET: readonly unknown[] = ['EAGAIN', 'EWOULDBLOCK', 'EINTR'];

/** What serialport's port has on Linux and macOS. */
type UnixPort = {
  readonly fd: number | null;
  readonly poller: { once(event: 'readable', told: (error: Error | null) => void): void };
  read(buffer: Buffer, offset: number, length: number): Promise<{ buffer: Buffer; bytesRead: number }>;
};

type Options = ConstructorParameters<typeof SerialPort>[0];

/**
 * A `SerialPort` that notices a pulled cable: such a line reads as no bytes, which serialport 13 takes for "nothing yet",
 * and asks again without end, eating processor and memory (serialport/bindings-cpp, pull request 164).
 */
export class SerialLine extends SerialPort {
  constructor(options: Options) {
    super(Object.assign({ binding }, options));
  }
}

const binding = {
  list: SerialPort.binding.list,
  open: async (options: never) => {
    const port = await SerialPort.binding.open(options);
    if ('poller' in port) port.read = (buffer, offset, length) => readLine(port as UnixPort, buffer, offset, length);
    return port;
  },
};

async function readLine(port: UnixPort, buffer: Buffer, offset: number, length: number) {
  while (port.fd !== null) {
    try {
      const { bytesRead } = await readSome(port.fd, buffer, offset, length, null);
      if (bytesRead === 0) throw new Error('the line was hung up');
      return { buffer, bytesRead };
    } catch (cause) {
      if (!NOTHING_YET.includes((cause as NodeJS.ErrnoException).code)) throw cause;
    }
    // The poller of a line that was closed meanwhile is gone, and asking it ends the process.
    if (port.fd !== null) await readable(port);
  }
  // Not a fault of the line: somebody here has closed it.
  throw Object.assign(new Error('the line is closed'), { canceled: true });
}

function readable(port: UnixPort): Promise<void> {
  return new Promise((resolve, reject) => port.poller.once('readable', (error) => (error ? reject(error) : resolve())));
}
