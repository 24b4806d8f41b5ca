import { nextTick, onMounted, onUpdated } from 'vue';

/**
 * Keeps the focus on the one element that keys are about: the part marked `data-focus`. Lists bring the chosen row into sight.
 */
export function keepFocus(): void {
  const settle = () =>
    void nextTick(() => {
      const wanted = document.querySelector<HTMLElement>('[data-focus]');
      const active = document.activeElement;
      // Within a form the person chooses the field.
      const inForm =
        active instanceof HTMLInputElement && active.form !== null && active.form === wanted?.closest('form');
      if (wanted && !inForm && active !== wanted && !wanted.contains(active)) wanted.focus({ preventScroll: true });
      for (const row of document.querySelectorAll('[data-region=b] [aria-selected=true]'))
        row.scrollIntoView({ block: 'nearest' });
    });
  onMounted(settle);
  onUpdated(settle);
}
