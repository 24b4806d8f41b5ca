import { consoleEn } from '@lianpiao/shared/ui/catalogue/console-en';
import { consoleZh } from '@lianpiao/shared/ui/catalogue/console-zh';
import { sharedEn } from '@lianpiao/shared/ui/catalogue/shared-en';
import { sharedZh } from '@lianpiao/shared/ui/catalogue/shared-zh';
import { makeWords, wordsOf } from '@lianpiao/shared/ui/i18n';
import '@lianpiao/shared/ui/tokens.css';
import '@lianpiao/shared/ui/base.css';
import './element-theme.css';
import './frame.css';
import './views.css';
import './inventory.css';
import { createApp, ref, watch } from 'vue';
import type { Session } from '../../src/api/console/bodies.ts';
import { makeApi } from './api.ts';
import App from './app.vue';
import { listenToKeys } from './keyboard.ts';
import { makeRouter } from './router.ts';
import { OFFICE, type Office } from './use-console.ts';

const LANGUAGE = 'lianpiao.language';

const words = makeWords(
  { zh: { ...sharedZh, ...consoleZh }, en: { ...sharedEn, ...consoleEn } },
  localStorage.getItem(LANGUAGE) === 'en' ? 'en' : 'zh',
);
const session = ref<Session | null | undefined>();
const api = makeApi(
  () => words.language.value,
  () => {
    session.value = null;
  },
);
const router = makeRouter(window);

let ahead = 0;
const now = ref(Date.now());
setInterval(() => {
  now.value = Date.now() + ahead;
}, 1000);
const office: Office = {
  api,
  router,
  session,
  openAlarms: ref(0),
  now,
  setTime: (at) => {
    ahead = at - Date.now();
    now.value = at;
  },
};

watch(
  words.language,
  (language) => {
    localStorage.setItem(LANGUAGE, language);
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  },
  { immediate: true },
);
listenToKeys(window, router, () => session.value !== null);
createApp(App).use(wordsOf(words)).provide(OFFICE, office).mount('#console');

const answer = await api.session();
if (answer.ok) office.setTime(answer.value.now);
session.value = answer.ok ? answer.value : null;
