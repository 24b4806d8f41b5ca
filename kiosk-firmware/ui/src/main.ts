import { kioskEn } from '@lianpiao/shared/ui/catalogue/kiosk-en';
import { kioskZh } from '@lianpiao/shared/ui/catalogue/kiosk-zh';
import { sharedEn } from '@lianpiao/shared/ui/catalogue/shared-en';
import { sharedZh } from '@lianpiao/shared/ui/catalogue/shared-zh';
import { makeWords, wordsOf } from '@lianpiao/shared/ui/i18n';
import '@lianpiao/shared/ui/tokens.css';
import '@lianpiao/shared/ui/base.css';
import { createApp } from 'vue';
import App from './app.vue';
import './frame.css';
import './pages.css';
import { connectScreen, SCREEN } from './screen.ts';

const words = makeWords({ zh: { ...sharedZh, ...kioskZh }, en: { ...sharedEn, ...kioskEn } }, 'zh');
const screen = connectScreen(words);

// A finger that rests must not open a menu, and a drag must not move a picture.
for (const name of ['contextmenu', 'dragstart']) document.addEventListener(name, (event) => event.preventDefault());
createApp(App).use(wordsOf(words)).provide(SCREEN, screen).mount('#kiosk');
