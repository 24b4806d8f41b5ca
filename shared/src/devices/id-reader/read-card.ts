import type { IdCard, IdReaderTrouble } from './port.ts';
import { FIND_CARD, READ_TEXT, SAM_STATUS, type SamReply, type SamSession, SELECT_CARD, SW } from './session.ts';
import { readTextBlock, TEXT_BYTES } from './text-block.ts';

/** `failed`: the card was there and could not be read this time. */
export type CardReading =
  | { readonly kind: 'none' }
  | { readonly kind: 'card'; readonly card: IdCard }
  | { readonly kind: 'failed' }
  | { readonly kind: 'trouble'; readonly code: IdReaderTrouble };

/** Asks the security module whether it works at all. Null means yes. */
export async function checkModule(session: SamSession): Promise<IdReaderTrouble | null> {
  const reply = await session.ask(SAM_STATUS);
  if (reply === 'closed') return 'id-reader.unplugged';
  if (reply === 'timeout') return 'id-reader.silent';
  return reply.sw === SW.ok ? null : 'id-reader.sam-fault';
}

/** Find, select, read: once. The module answers "no card" both for an empty reader and for a card that it has read already. */
export async function readCard(session: SamSession): Promise<CardReading> {
  const found = await session.ask(FIND_CARD);
  if (isReply(found) && found.sw === SW.noCard) return { kind: 'none' };
  if (!isReply(found) || found.sw !== SW.found) return notRead(found);

  const selected = await session.ask(SELECT_CARD);
  if (!isReply(selected) || selected.sw !== SW.ok) return notRead(selected);

  const read = await session.ask(READ_TEXT);
  if (!isReply(read) || read.sw !== SW.ok) return notRead(read);
  return understood(read.data);
}

/** `data`: length of text, length of photo, text, photo. */
function understood(data: Uint8Array): CardReading {
  const textBytes = (data[0]! << 8) | data[1]!;
  const text = data.slice(4, 4 + TEXT_BYTES);
  // The photo is in here too. Nobody needs it to sell a ticket, so it does not stay in memory.
  data.fill(0);
  const card = textBytes === TEXT_BYTES ? readTextBlock(text) : null;
  text.fill(0);
  if (!card) return { kind: 'trouble', code: 'id-reader.unreadable-card' };
  return card.ok ? { kind: 'card', card: card.value } : { kind: 'trouble', code: card.refusal.code };
}

function notRead(reply: SamReply | 'timeout' | 'closed'): CardReading {
  if (reply === 'closed') return { kind: 'trouble', code: 'id-reader.unplugged' };
  if (reply === 'timeout') return { kind: 'trouble', code: 'id-reader.silent' };
  if (reply.sw === SW.selfTestFailed || reply.sw === SW.notAuthorised) {
    return { kind: 'trouble', code: 'id-reader.sam-fault' };
  }
  return { kind: 'failed' };
}

function isReply(reply: SamReply | 'timeout' | 'closed'): reply is SamReply {
  return typeof reply === 'object';
}
