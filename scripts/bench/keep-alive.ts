import { connect, type Socket } from 'node:net';

export type Answer = { readonly status: number; readonly body: Buffer };

const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * One HTTP connection that stays open, one request at a time: a client that costs as little as possible. It reads answers
 * with a `content-length` and no others.
 */
export class KeepAlive {
  readonly #socket: Socket;
  #arrived: Buffer[] = [];
  #wanted = 0;
  #settle: { resolve: (answer: Answer) => void; reject: (cause: Error) => void } | undefined;

  constructor(address: string) {
    const { hostname, port } = new URL(address);
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.#socket.on('data', (chunk: Buffer) => this.#take(chunk));
    this.#socket.on('error', (cause) => this.#settle?.reject(cause));
    this.#socket.on('close', () => this.#settle?.reject(new Error('the server closed the connection')));
  }

  /** `head` is the request line with its headers. */
  ask(head: string, body = ''): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#socket.write(`${head}\r\n\r\n${body}`);
    });
  }

  close(): void {
    this.#settle = undefined;
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#arrived.push(chunk);
    const bytes = this.#arrived.length === 1 ? chunk : Buffer.concat(this.#arrived);
    if (bytes.length < this.#wanted) return;
    const headEnd = bytes.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const head = bytes.toString('latin1', 0, headEnd);
    const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
    if (length === undefined) throw new Error(`an answer without content-length: ${head}`);
    this.#wanted = headEnd + HEAD_END.length + Number(length);
    if (bytes.length < this.#wanted) return;
    this.#arrived = [];
    this.#wanted = 0;
    this.#settle!.resolve({ status: Number(head.slice(9, 12)), body: bytes.subarray(headEnd + HEAD_END.length) });
  }
}
