import type { Words } from '@lianpiao/shared/ui/i18n';
import { type InjectionKey, inject, type ShallowRef, shallowRef, watch } from 'vue';
import type { Press } from '../../src/flow/flow-event.ts';
import type { ScreenView } from '../../src/screen/screen-view.ts';

/** A tap right after the page has changed was meant for the page before, in ms. */
const LOCK_MS = 400;

/** The firmware decides what is shown; this only shows it and sends presses back. Nothing is kept in the browser. */
export type Screen = {
  /** Null until the firmware has said anything, and while it is not reached. */
  readonly view: Readonly<ShallowRef<ScreenView | null>>;
  readonly press: (press: Press) => void;
};

export const SCREEN: InjectionKey<Screen> = Symbol('screen');

export function connectScreen(words: Words): Screen {
  const view = shallowRef<ScreenView | null>(null);
  let lockedUntil = 0;
  const stream = new EventSource('/screen');
  stream.addEventListener('view', (event) => {
    view.value = JSON.parse((event as MessageEvent<string>).data) as ScreenView;
  });
  // The stream comes back by itself; until then no button leads anywhere.
  stream.addEventListener('error', () => {
    view.value = null;
  });

  watch(
    () => view.value?.turn,
    () => {
      lockedUntil = performance.now() + LOCK_MS;
    },
    { flush: 'sync' },
  );
  watch(
    view,
    (now) => {
      words.speak(now?.language ?? 'zh');
      const { documentElement: page } = document;
      page.lang = now?.language === 'en' ? 'en' : 'zh-CN';
      page.dataset.theme = now === null || now.screen === 'attract' || now.screen === 'outOfService' ? 'dark' : 'light';
      if (now) page.style.setProperty('--lp-px-per-mm', String(now.pxPerMm));
    },
    { immediate: true },
  );

  return {
    view,
    press: (press) => {
      if (!view.value || performance.now() < lockedUntil) return;
      const body = JSON.stringify({ turn: view.value.turn, press });
      const headers = { 'content-type': 'application/json' };
      // A press that is lost changes nothing, and the page shows it: the passenger presses again.
      fetch('/screen/events', { method: 'POST', headers, body }).catch(() => undefined);
    },
  };
}

/** The page that is shown now, for parts below a page: there is always one. */
export function useScreen(): { readonly view: ScreenView; readonly press: Screen['press'] } {
  const screen = inject(SCREEN);
  if (!screen) throw new Error('no screen: the kiosk must provide one');
  return {
    get view() {
      return screen.view.value!;
    },
    press: screen.press,
  };
}
