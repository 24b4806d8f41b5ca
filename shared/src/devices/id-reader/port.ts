import type { IdType } from '../../domain/passenger.ts';
import type { Sex } from '../../domain/resident-id.ts';
import type { ServiceDate } from '../../domain/service-day.ts';

/**
 * What a document says about its holder, as far as a ticket needs it. Address, ethnic group and authority are not passed
 * on, photo and fingerprint are not kept for a moment.
 */
export type IdCard = {
  readonly idType: Extract<IdType, 'resident' | 'hkMacauTaiwanResidence' | 'foreignerResidence'>;
  readonly name: string;
  readonly idNo: string;
  readonly birthOn: ServiceDate;
  readonly sex: Sex | null;
  /** Last day of validity; null for 长期. Whether it is over is the seller's question, on the day of travel. */
  readonly validUntil: ServiceDate | null;
};

export type IdReaderTrouble =
  /** No connection: unplugged, wrong address. Tried again by itself. */
  | 'id-reader.unreachable'
  /** It went away while it worked. Tried again by itself. */
  | 'id-reader.unplugged'
  /** Connected, and it does not answer. */
  | 'id-reader.silent'
  /** Its security module is broken or not authorised. */
  | 'id-reader.sam-fault'
  /** The card could not be read three times in a row: lift it and lay it down again. */
  | 'id-reader.replace-card'
  /** A document of a kind that we do not know: typed in, never guessed. */
  | 'id-reader.unknown-card'
  /** What was read contradicts itself. */
  | 'id-reader.unreadable-card';

export type IdReaderEvent =
  | { readonly kind: 'card'; readonly card: IdCard }
  /**
   * The reader no longer offers the card: it was lifted, or it still lies there and has been read. A second-generation
   * module answers the same to both, so this is no proof that the passenger took the card. The next `card` may be the same.
   */
  | { readonly kind: 'removed' }
  /** Told once, when it begins. */
  | { readonly kind: 'fault'; readonly code: IdReaderTrouble }
  /** The reader is there and waits for a card: at the start and after a fault of its own. */
  | { readonly kind: 'ready' };

export type IdReader = {
  /** Returns the function that ends the listening. */
  onEvent(listener: (event: IdReaderEvent) => void): () => void;
  start(): void;
  /** `connecting`, `ready`, `card`, or what is wrong. For the strip on the screen. */
  state(): 'connecting' | 'ready' | 'card' | IdReaderTrouble;
  close(): Promise<void>;
};
