import type { Outcome } from '@lianpiao/shared/domain/outcome';
import type { RequestAnswer, RequestBody, RequestKind } from '@lianpiao/shared/protocol/requests';

/** Asking the hub, as the API sees it. Without a session a request is refused at once with `link.offline`. */
export type LinkPort = {
  /** `key` is the idempotency key of a mutating request: the same key is the same wish, also after a crash. */
  request<Kind extends RequestKind>(
    kind: Kind,
    body: RequestBody<Kind>,
    key?: string,
  ): Promise<Outcome<RequestAnswer<Kind>, { readonly code: string }>>;
  state(): {
    readonly online: boolean;
    readonly lastWordAt: number | null;
    readonly queued: number;
    readonly stopped: string | null;
  };
};
