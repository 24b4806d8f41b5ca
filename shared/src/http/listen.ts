import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { Fault } from '../fault.ts';

type Fetch = (request: Request) => Response | Promise<Response>;
/** Is asked before the application: true where it has answered. What it throws is left to the application, which says so properly. */
export type First = (request: IncomingMessage, answer: ServerResponse) => boolean | Promise<boolean>;

/**
 * Serves an application on an address of this machine. Port 0 takes a free one.
 *
 * @throws Fault `http.port-taken` when another program listens there.
 */
export function listen(
  fetch: Fetch,
  host: string,
  port: number,
  first: First = () => false,
): Promise<{ readonly address: string; close(): Promise<void> }> {
  return new Promise((resolve, reject) => {
    const withFirst = ((options: object, rest: RequestListener) =>
      createServer(options, (request, answer) => ask(first, request, answer, rest))) as typeof createServer;
    const server = serve({ fetch, hostname: host, port, createServer: withFirst }, (info: AddressInfo) =>
      resolve({
        address: `http://${host}:${info.port}`,
        close: () =>
          new Promise<void>((closed) => {
            server.close(() => closed());
            if ('closeAllConnections' in server) server.closeAllConnections();
          }),
      }),
    );
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === 'EADDRINUSE';
      const hint = taken
        ? `端口 ${port} 已被别的程序占用：请在 config.json 的 http.port 换一个。`
        : '网络服务无法启动：请检查 config.json 的 http。';
      reject(
        new Fault(taken ? 'http.port-taken' : 'http.cannot-listen', `cannot listen on ${host}:${port}`, {
          hint,
          retryable: false,
          cause,
        }),
      );
    });
  });
}

/** Without a promise where `first` has none: it is the hot path. */
function ask(first: First, request: IncomingMessage, answer: ServerResponse, rest: RequestListener): void {
  const goOn = (answered: boolean) => void (answered || rest(request, answer));
  let answered: boolean | Promise<boolean>;
  try {
    answered = first(request, answer);
  } catch {
    answered = false;
  }
  if (answered instanceof Promise) void answered.catch(() => false).then(goOn);
  else goOn(answered);
}
