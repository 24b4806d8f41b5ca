import type { CounterCommand } from '../command.ts';

export const language: CounterCommand = {
  name: 'language',
  zh: '中文 / English',
  en: 'English / 中文',
  initials: 'zw',
  key: 'Alt+E',
  shown: 'help',
  run: (desk) => desk.words.speak(desk.words.language.value === 'zh' ? 'en' : 'zh'),
};
