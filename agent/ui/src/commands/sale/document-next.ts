import type { ServiceDate } from '@lianpiao/shared/domain/service-day';
import { checkedNumber } from '../../sale/document-entry.ts';
import type { CounterCommand } from '../command.ts';

export const documentNext: CounterCommand = {
  name: 'document.next',
  zh: '输姓名',
  en: 'Go to the name',
  initials: 'sxm',
  key: 'Enter',
  run: (desk) => {
    const { entry, offer } = desk.state().sale;
    if (!entry || !offer) return;
    const checked = checkedNumber(entry, offer.serviceDate as ServiceDate);
    if (checked.ok) return desk.sale({ is: 'entryChanged', entry: { ...entry, stage: 'name' } });
    const { code, ...facts } = checked.refusal;
    desk.fail({ code, facts });
  },
};
