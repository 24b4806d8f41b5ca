import { type Ref, shallowRef } from 'vue';

/** Where the console is: `#/orders/o-1?state=open` has parts `orders`, `o-1` and one entry of query. Every view is such an address. */
export type Route = { readonly parts: readonly string[]; readonly query: Readonly<Record<string, string>> };
export type Query = Readonly<Record<string, string | number | undefined>>;

export type Router = {
  readonly route: Readonly<Ref<Route>>;
  /** Goes somewhere new; Back returns. */
  go(path: string, query?: Query): void;
  /** Changes the query of the same view without a new step for Back. An entry that is empty is left out. */
  refine(changes: Query): void;
};

/** A router over the part of the address behind `#`, which needs nothing of the server. */
export function makeRouter(page: Pick<Window, 'location' | 'history' | 'addEventListener'>): Router {
  const route = shallowRef(routeOf(page.location.hash));
  page.addEventListener('hashchange', () => {
    route.value = routeOf(page.location.hash);
  });
  return {
    route,
    go: (path, query) => {
      page.location.hash = addressOf(path, query);
    },
    refine: (changes) => {
      const { parts, query } = route.value;
      const address = addressOf(`/${parts.map(encodeURIComponent).join('/')}`, { ...query, ...changes });
      page.history.replaceState(null, '', address);
      route.value = routeOf(address);
    },
  };
}

/** The address of a view, for links. */
export function addressOf(path: string, query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return `#${path}${text === '' ? '' : `?${text}`}`;
}

/** Reads an address. One that nobody made by these functions is read as far as it can be. */
export function routeOf(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?', 2);
  return {
    parts: path
      .split('/')
      .filter((part) => part !== '')
      .map(decoded),
    query: Object.fromEntries(new URLSearchParams(query)),
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
