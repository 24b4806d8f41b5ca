import { done } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { PaperReport } from '@lianpiao/shared/protocol/paper-report';
import { answerOnce } from '@lianpiao/shared/store/answers';
import { audit } from '@lianpiao/shared/store/audit';
import type { Call } from '@lianpiao/shared/store/call';
import type { Agent } from '../agent.ts';

/** Writes down what became of a paper that a kiosk was given: the audit trail of the ticket, with the code that the passenger was shown. */
export function noteKioskPaper(agent: Agent, call: Call, report: PaperReport, now: EpochMs) {
  return answerOnce(agent.store, call, 'paper-report', now, async (tx) => {
    const { ticketNo, outcome, trouble, reference, printSeq } = report;
    const detail = [reference, printSeq ?? '-', trouble ?? ''].join(' ').trim();
    await audit(tx, call.caller, `paper.${outcome}`, ticketNo, now, detail);
    return done({ ticketNo, outcome });
  });
}
