import { PLACES } from './places.ts';
import type { Router } from './router.ts';

/** `G` waits that long for its second letter, in ms. */
const SECOND_MS = 1500;

/** `/` goes to the search of the view, `G` and a letter to another view. Never while a field has the focus or characters are composed. */
export function listenToKeys(page: Window, router: Router, active: () => boolean): void {
  let goUntil = 0;
  page.addEventListener('keydown', (event) => {
    if (!active() || event.isComposing || event.ctrlKey || event.altKey || event.metaKey || isField(event.target))
      return;
    if (event.key === '/') {
      const field = page.document.querySelector<HTMLElement>('[data-search] input');
      if (field) event.preventDefault();
      field?.focus();
    } else if (event.key.toLowerCase() === 'g') goUntil = event.timeStamp + SECOND_MS;
    else if (event.timeStamp < goUntil) {
      goUntil = 0;
      const place = PLACES.find(({ key }) => key === event.key.toLowerCase());
      if (place) router.go(`/${place.name}`);
    }
  });
}

function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
