import type { ServiceDate } from '@lianpiao/shared/domain/service-day';
import { serviceDateOf } from '@lianpiao/shared/domain/service-day';
import { clock, dateText, span } from '@lianpiao/shared/ui/format';
import { useWords } from '@lianpiao/shared/ui/i18n';
import { computed, type InjectionKey, inject, type Ref } from 'vue';
import type { Session } from '../../src/api/console/bodies.ts';
import type { Api } from './api.ts';
import type { Router } from './router.ts';

/** What every view of the console works with. `now` is the hub's clock as this page knows it, and ticks each second. */
export type Office = {
  readonly api: Api;
  readonly router: Router;
  /** Undefined while it is asked for, null when nobody is signed in. */
  readonly session: Ref<Session | null | undefined>;
  readonly openAlarms: Ref<number>;
  readonly now: Readonly<Ref<number>>;
  /** The hub said what time it is. */
  setTime(now: number): void;
};

export const OFFICE: InjectionKey<Office> = Symbol('office');

const ZONE = 'Asia/Shanghai';

/** The office, the words, and times as people read them. */
export function useConsole() {
  const office = inject(OFFICE);
  if (!office) throw new Error('no office: the page must provide one');
  const words = useWords();
  const { t, language } = words;
  const zone = computed(() => office.session.value?.zone ?? ZONE);
  const today = computed(() => serviceDateOf(office.now.value, zone.value));
  const day = (date: string) => dateText(date as ServiceDate, today.value, language.value);
  return {
    ...office,
    ...words,
    today,
    zone,
    day,
    time: (at: number) => clock(at, zone.value),
    /** Time of day today, with the day before it otherwise. */
    moment: (at: number) => {
      const date = serviceDateOf(at, zone.value);
      return date === today.value ? clock(at, zone.value) : `${day(date)} ${clock(at, zone.value, false)}`;
    },
    ago: (at: number) => t('time.ago', { age: span(office.now.value - at, language.value) }),
    may: (permission: string) => office.session.value?.may.includes(permission) ?? false,
    /** Why somebody may not, or null when they may. */
    mayNot: (permission: string) => {
      const { may, who } = office.session.value ?? { may: [] as string[], who: {} as Record<string, string[]> };
      if (may.includes(permission)) return null;
      return t('may.not', { roles: (who[permission] ?? []).map((role) => t(`role.${role}`)).join(' / ') });
    },
  };
}
