import { signedIn } from '../../counter-state.ts';
import type { CounterCommand } from '../command.ts';

export const signIn: CounterCommand = {
  name: 'sign-in',
  zh: '上岗',
  en: 'Sign in',
  initials: 'sg',
  key: 'Enter',
  can: ({ signIn: { user, password, counter, busy } }) =>
    !busy && user !== '' && password !== '' && /^\d{3}$/.test(counter) ? true : 'why.sign-in',
  run: async (desk) => {
    const { signIn } = desk.state();
    desk.change({ signIn: { ...signIn, busy: true }, problem: null });
    const answer = await desk.api.signIn({ user: signIn.user, password: signIn.password, counter: signIn.counter });
    desk.change({ signIn: { ...signIn, password: '', busy: false } });
    if (answer.ok) desk.change({ session: answer.value, sale: { ...desk.state().sale, date: desk.today() } });
    else if (signedIn(desk.state()) === null) desk.fail(answer.problem);
  },
};
