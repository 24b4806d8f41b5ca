/** The entries of the rail, in the order of the day's work. `key` goes there after `G`. */
export const PLACES = [
  { name: 'stations', key: 's', sign: '站' },
  { name: 'trips', key: 't', sign: '班' },
  { name: 'orders', key: 'o', sign: '单' },
  { name: 'money', key: 'm', sign: '账' },
  { name: 'alarms', key: 'a', sign: '警' },
] as const;
