import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Another process of a benchmark: a file beside this one that gets its arguments as JSON and talks in messages. */
export class Child {
  readonly process: ChildProcess;
  readonly #exited: Promise<unknown>;

  constructor(file: string, args: unknown) {
    this.process = fork(join(import.meta.dirname, file), [JSON.stringify(args)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#exited = once(this.process, 'exit');
  }

  /** The next message. @throws when the process ends before it. */
  async heard<Message>(): Promise<Message> {
    const ended = this.#exited.then(() => {
      throw new Error(`${this.process.spawnargs[1]} has ended`);
    });
    const [message] = (await Promise.race([once(this.process, 'message'), ended])) as [Message];
    return message;
  }

  send(message: object | string): void {
    this.process.send(message);
  }

  async end(): Promise<void> {
    if (this.process.connected) this.process.disconnect();
    await this.#exited;
  }
}
