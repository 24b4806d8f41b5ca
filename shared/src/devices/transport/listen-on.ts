import type { Server } from 'node:net';
import { Fault } from '../../fault.ts';

/** Makes a simulated device listen on the loopback interface and returns the port that it got. Throws Fault `transport.port-taken`. */
export function listenOn(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => reject(portTaken(port, cause)));
    server.listen(port, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
}

export function portTaken(port: number, cause: unknown): Fault {
  return new Fault('transport.port-taken', `port ${port} of 127.0.0.1 cannot be used`, {
    hint: `端口 ${port} 已被占用，请关闭占用它的程序，或在设置中换一个端口。`,
    retryable: false,
    cause,
    facts: { port },
  });
}
