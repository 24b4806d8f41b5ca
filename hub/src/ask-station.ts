import type { Outcome } from '@lianpiao/shared/domain/outcome';
import type { RequestAnswer, RequestBody, RequestKind } from '@lianpiao/shared/protocol/requests';

/**
 * Asks a station over the link. `key` is the idempotency key of a mutating request.
 *
 * `link.offline` says that nothing was sent; `link.no-answer` that nobody knows what became of it. Any other refusal is
 * the station's own.
 */
export type AskStation = <Kind extends RequestKind>(
  station: string,
  kind: Kind,
  body: RequestBody<Kind>,
  key?: string,
) => Promise<Outcome<RequestAnswer<Kind>, { readonly code: string }>>;
