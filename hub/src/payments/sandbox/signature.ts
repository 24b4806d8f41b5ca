import { hmacSm3, sameMac } from '@lianpiao/shared/crypto/sm3';

/** Header that carries the signature, in hexadecimal. */
export const SIGNATURE_HEADER = 'x-psp-signature';

export type SignedCall = { readonly method: string; readonly path: string; readonly body: string };

/** HMAC-SM3 over method, path with query, and body: whoever lacks the merchant's key can neither ask nor notify. */
export function signCall(secret: Uint8Array, { method, path, body }: SignedCall): string {
  return hmacSm3(secret, `${method.toUpperCase()}\n${path}\n`, body).toString('hex');
}

export function isSignedCall(secret: Uint8Array, call: SignedCall, signature: string | undefined): boolean {
  return signature !== undefined && sameMac(Buffer.from(signCall(secret, call)), Buffer.from(signature));
}
