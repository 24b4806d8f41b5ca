import type { MarkKind } from '@lianpiao/shared/ui/status-mark.vue';
import type { PrintJob } from '../counter-bodies.ts';

const KINDS: Readonly<Record<PrintJob['state'], MarkKind>> = {
  queued: 'idle',
  sending: 'idle',
  confirmed: 'ok',
  unknown: 'warn',
  failedBeforeSend: 'bad',
  voided: 'idle',
};

/** State of a print job as mark and catalogue key; a job that the queue no longer lists is not called printed. */
export function printMark(
  jobs: readonly PrintJob[] | null,
  id: string | undefined,
): { readonly kind: MarkKind; readonly text: string } {
  const state = jobs?.find((job) => job.id === id)?.state ?? 'queued';
  return { kind: KINDS[state], text: `print.${state}` };
}
