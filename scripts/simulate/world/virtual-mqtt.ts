import { EventEmitter } from 'node:events';
import { currentLife, Killed, type Life } from './life.ts';
import { type Message, theBroker } from './virtual-broker.ts';
import { theTime } from './virtual-time.ts';

type Options = { readonly will?: { readonly topic: string; readonly payload: Buffer; readonly retain: boolean } };
type Done = (error?: Error) => void;

const CONNECT_MS = 20;

/** `connect` of `mqtt` of the product under simulation: a client of the virtual broker. */
export function connect(_url: string, options: Options): VirtualClient {
  return new VirtualClient(options);
}

/** As much of mqtt.js as `shared/src/link/mqtt-session.ts` uses. */
class VirtualClient extends EventEmitter {
  connected = false;
  filters: readonly string[] = [];
  handleMessage: (packet: Message, taken: Done) => void = () => undefined;
  readonly stream = { writableLength: 0, setNoDelay: () => undefined, destroy: () => this.#close(false) };
  readonly will: Message | undefined;
  readonly #life: Life;
  #closed = false;

  constructor({ will }: Options) {
    super();
    const life = currentLife();
    if (!life || life.dead) throw new Killed();
    this.#life = life;
    this.will = will;
    life.onEnd(() => this.#leave(false));
    this.#soon(() => this.#connect());
  }

  get name(): string {
    return this.#life.name;
  }

  subscribe(filters: readonly string[], _options: object, done: Done): void {
    this.#soon(() => {
      this.filters = filters;
      done();
      if (this.connected) theBroker().subscribed(this);
    });
  }

  publish(topic: string, payload: Buffer, { retain }: { readonly retain: boolean }, done: Done): void {
    if (this.#life.dead) throw new Killed();
    theBroker().publish(this, { topic, payload, retain });
    this.#soon(() => done());
  }

  take(message: Message): void {
    if (this.connected) this.#life.run(() => this.handleMessage(message, () => undefined));
  }

  /** The connection breaks. */
  drop(): void {
    this.#close(false);
  }

  end(_force: boolean): void {
    this.#close(true);
  }

  #connect(): void {
    if (this.#closed) return;
    if (!theBroker().isReachable(this.name)) {
      this.emit('error', new Error('the broker is not reachable'));
      this.#close(false);
      return;
    }
    this.connected = true;
    theBroker().connect(this);
    this.emit('connect');
  }

  #close(goodbye: boolean): void {
    if (this.#closed) return;
    this.#leave(goodbye);
    if (!this.#life.dead) this.#life.run(() => theTime().after(0, () => this.emit('close')));
  }

  #leave(goodbye: boolean): void {
    this.#closed = true;
    this.connected = false;
    theBroker().disconnect(this, goodbye);
  }

  #soon(work: () => void): void {
    this.#life.run(() => theTime().after(1 + Math.floor(theTime().random() * CONNECT_MS), work));
  }
}
