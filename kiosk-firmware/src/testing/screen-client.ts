import type { z } from 'zod';
import type { screenPress } from '../screen/screen-server.ts';
import type { ScreenName, ScreenView } from '../screen/screen-view.ts';

type Press = z.infer<typeof screenPress>['press'];

/** The screen of a kiosk as a browser sees it: the stream of pages, and presses on the page that is shown. */
export type ScreenClient = {
  readonly pages: ScreenView[];
  shown(): ScreenView | undefined;
  /** Resolves with the next page of that name, or the one that is shown. */
  until(screen: ScreenName, also?: (view: ScreenView) => boolean): Promise<ScreenView>;
  press(...presses: Press[]): Promise<void>;
  close(): void;
};

export async function openScreen(address: string): Promise<ScreenClient> {
  const pages: ScreenView[] = [];
  const waiting = new Set<() => void>();
  const ending = new AbortController();
  const response = await fetch(`${address}/screen`, { signal: ending.signal });
  void read(response, (view) => {
    pages.push(view);
    for (const look of waiting) look();
  }).catch(() => undefined);

  const until: ScreenClient['until'] = (screen, also = () => true) =>
    new Promise((resolve) => {
      const look = () => {
        const view = pages.at(-1);
        if (view?.screen !== screen || !also(view)) return;
        waiting.delete(look);
        resolve(view);
      };
      waiting.add(look);
      look();
    });
  return {
    pages,
    shown: () => pages.at(-1),
    until,
    press: async (...presses) => {
      for (const press of presses) {
        const { turn } = pages.at(-1)!;
        const body = JSON.stringify({ turn, press });
        await fetch(`${address}/screen/events`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body,
        });
      }
    },
    close: () => ending.abort(),
  };
}

async function read(response: Response, told: (view: ScreenView) => void): Promise<void> {
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      const data = /^data: (.*)$/m.exec(part)?.[1];
      if (data) told(JSON.parse(data) as ScreenView);
    }
  }
}
