import type { Context } from 'hono';

type Connection = { readonly incoming?: { readonly socket?: { readonly remoteAddress?: string } } };

/**
 * The address at the other end of the connection. A header that a caller writes itself is not believed, so behind a reverse
 * proxy all callers have the proxy's address.
 */
export function addressOf(c: Context): string {
  const address = (c.env as Connection | undefined)?.incoming?.socket?.remoteAddress ?? 'unknown';
  return address.replace(/^::ffff:/, '');
}
