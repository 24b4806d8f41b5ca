import { nextTick, onMounted, onUpdated } from 'vue';

/**
 * Keeps the focus on the one element that keys are about: the part marked `data-focus`. Lists bring the chosen row into sight.
 */
export function keepFocus(): void {
  const settle = () =>
    void nextTick(() => {
      const wanted = document.querySelector<HTMLElement>('[data-focus]');
      if (wanted && document.activeElement !== wanted && !wanted.contains(document.activeElement))
        wanted.focus({ preventScroll: true });
      for (const row of document.querySelectorAll('[data-region=b] [aria-selected=true]'))
        row.scrollIntoView({ block: 'nearest' });
    });
  onMounted(settle);
  onUpdated(settle);
}
