import { makeWords, wordsOf } from '@lianpiao/shared/ui/i18n';
import '@lianpiao/shared/ui/tokens.css';
import '@lianpiao/shared/ui/base.css';
import '@lianpiao/shared/ui/seat-map.css';
import { counterEn } from '@lianpiao/shared/ui/catalogue/counter-en';
import { counterZh } from '@lianpiao/shared/ui/catalogue/counter-zh';
import { sharedEn } from '@lianpiao/shared/ui/catalogue/shared-en';
import { sharedZh } from '@lianpiao/shared/ui/catalogue/shared-zh';
import { createApp, watch } from 'vue';
import { makeApi } from './api.ts';
import App from './app.vue';
import './frame.css';
import './rows.css';
import './screens.css';
import { openDesk } from './desk.ts';
import { startFeeds } from './feeds.ts';
import { listenToKeys, runNamed } from './keyboard.ts';
import { findInPalette } from './palette-search.ts';
import { DESK } from './use-counter.ts';

const COUNTER = 'lianpiao.counter';
const LANGUAGE = 'lianpiao.language';

const words = makeWords(
  { zh: { ...sharedZh, ...counterZh }, en: { ...sharedEn, ...counterEn } },
  localStorage.getItem(LANGUAGE) === 'en' ? 'en' : 'zh',
);
const api = makeApi(
  () => words.language.value,
  () => desk.change({ session: null }),
);
const desk = openDesk({
  api,
  words,
  counter: localStorage.getItem(COUNTER) ?? '001',
  monotonic: () => performance.now(),
  wall: () => Date.now(),
  run: runNamed,
});

watch(
  words.language,
  (language) => {
    localStorage.setItem(LANGUAGE, language);
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  },
  { immediate: true },
);
watch(
  () => (desk.ref.value.session === 'asking' ? null : desk.ref.value.session?.terminal),
  (terminal) => terminal && localStorage.setItem(COUNTER, terminal),
);
watch(
  () => [desk.ref.value.overlay, desk.ref.value.palette.query],
  () => findInPalette(desk),
  { flush: 'sync' },
);

listenToKeys(desk, window);
const round = startFeeds(desk, (run, ms) => setInterval(run, ms));
createApp(App).use(wordsOf(words)).provide(DESK, desk).mount('#counter');

// The agent's time first: what day it is decides what is asked for.
const link = await api.link();
if (link.ok) desk.setTime(link.value.now);
const session = await api.session();
const today = desk.today();
desk.change({
  session: session.ok ? session.value : null,
  link: link.ok ? link.value : null,
  now: desk.now(),
  sale: { ...desk.state().sale, date: today },
});
watch(() => desk.ref.value.session, round, { immediate: true });
