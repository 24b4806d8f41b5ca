import type { EpochMs, ServiceDate } from '@lianpiao/shared/domain/service-day';

export type PaymentWish = {
  readonly paymentId: string;
  readonly orderId: string;
  readonly amountFen: number;
  /** What the payer reads. Never a name or a document number. */
  readonly subject: string;
  /** From then on the provider takes no money for it. */
  readonly endsAt: EpochMs;
};

/** A payment that a payer made, as the provider tells it. */
export type PaymentNotice = {
  readonly paymentId: string;
  readonly providerRef: string;
  readonly amountFen: number;
  readonly paidAt: EpochMs;
};

export type RefundOrder = {
  readonly refundId: string;
  readonly paymentId: string;
  readonly providerRef: string;
  readonly amountFen: number;
};

/** A payment in a statement, with what the wish named. */
export type StatedPayment = {
  readonly kind: 'payment';
  readonly paymentId: string;
  readonly orderId: string;
  readonly providerRef: string;
  readonly amountFen: number;
  readonly at: EpochMs;
};

/** Money that went back of the payment `providerRef`. */
export type StatedRefund = {
  readonly kind: 'refund';
  readonly refundId: string;
  readonly providerRef: string;
  readonly amountFen: number;
  readonly at: EpochMs;
};

export type StatementLine = StatedPayment | StatedRefund;

/**
 * A payment service provider. Each call may be repeated with the same id and has one effect.
 *
 * Calls throw a `Fault` that is retryable when the provider cannot be reached; then nothing is known.
 */
export type PaymentProvider = {
  readonly name: string;
  /** Opens a payment and gives the page to send the payer to. */
  create(wish: PaymentWish): Promise<{ readonly payUrl: string }>;
  /** Payments that were made under this number: none, one, or two when a payer paid twice. */
  paid(paymentId: string): Promise<readonly PaymentNotice[]>;
  /** True when the money is on its way back, false when the provider refuses for good. */
  refund(order: RefundOrder): Promise<boolean>;
  /** Everything that moved money on a day, so far, in order. */
  statement(day: ServiceDate): Promise<readonly StatementLine[]>;
};
