import type { ServiceDate } from '@lianpiao/shared/domain/service-day';
import { finishedDocument } from '../../sale/document-entry.ts';
import { layCard } from '../../sale/lay-card.ts';
import type { CounterCommand } from '../command.ts';

export const documentDone: CounterCommand = {
  name: 'document.done',
  zh: '用此证件',
  en: 'Use this document',
  initials: 'yczj',
  key: 'Enter',
  can: (state) => (state.sale.entry?.name.trim() ? true : 'why.no-name'),
  run: (desk) => {
    const { entry, offer } = desk.state().sale;
    if (!entry || !offer) return;
    const document = finishedDocument(entry, offer.serviceDate as ServiceDate);
    if (document.ok) return layCard(desk, document.value);
    const { code, ...facts } = document.refusal;
    desk.fail({ code, facts });
  },
};
