/** What the person at the counter does next (`hint`), what the program does next (`retryable`), and what the log should know. */
export type FaultDetail = {
  readonly hint: string;
  readonly retryable: boolean;
  readonly cause?: unknown;
  readonly facts?: Readonly<Record<string, unknown>>;
};

/**
 * The world failed us: a device, a file, the network, the disk, a legacy system.
 *
 * `code` is `area.reason`, has an entry in docs/errors.md, and stands in the message too, so that a photo of a screen
 * is enough for support. Faults are caught in three places only: the request edge, the sync loop, the job loop.
 */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: string;
  readonly detail: FaultDetail;

  constructor(code: string, message: string, detail: FaultDetail) {
    super(`${message} [${code}]`, { cause: detail.cause });
    this.code = code;
    this.detail = detail;
  }
}
