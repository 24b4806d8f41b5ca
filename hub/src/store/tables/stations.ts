import type { ColumnKit } from '@lianpiao/shared/store/column-kit';

/** Stations of the network with their keys and number ranges, and the public directory that they are chosen from. */
export function stationTables({ table, text, int }: ColumnKit) {
  /** state: expected, enrolled, retired. What the link knows about a station stands in the second half. */
  const stations = table('stations', {
    code: text('code').primaryKey(),
    name: text('name').notNull(),
    grade: int('grade').notNull(),
    region: text('region').notNull(),
    pinyin: text('pinyin').notNull(),
    address: text('address').notNull(),
    state: text('state').notNull(),
    /** Identity of the machine that is admitted; another one is a clone. */
    installId: text('install_id'),
    enrolledAt: int('enrolled_at'),
    certSerial: text('cert_serial'),

    lease: int('lease').notNull(),
    incarnation: int('incarnation').notNull(),
    boot: text('boot'),
    agentVersion: text('agent_version'),
    lastWordAt: int('last_word_at'),
    /** Rows that the station has not had acknowledged, and the age of the oldest in ms, as its heartbeat says. */
    queued: int('queued').notNull(),
    lagMs: int('lag_ms').notNull(),
    /** Code of the fence that stops the station; null while it runs. */
    fence: text('fence'),
  });

  /** Highest head that a station has told of its own streams: a lower one later is a restore. */
  const stationHeads = table('station_heads', {
    station: text('station').notNull(),
    lane: text('lane').notNull(),
    head: int('head').notNull(),
    hash: text('hash').notNull(),
    at: int('at').notNull(),
  });

  /** The imported list of coach stations, whoever of them is in the network. */
  const stationDirectory = table('station_directory', {
    sourceId: text('source_id').primaryKey(),
    region: text('region').notNull(),
    city: text('city').notNull(),
    name: text('name').notNull(),
    pinyin: text('pinyin').notNull(),
    address: text('address').notNull(),
  });

  /** Places that coaches call at, as trips name them. Pinyin comes from the directory where it has the name. */
  const stops = table('stops', {
    code: text('code').primaryKey(),
    name: text('name').notNull(),
    pinyin: text('pinyin').notNull(),
    station: text('station'),
  });

  /** One-time tokens, as SM3: a copied database enrols nobody. */
  const enrolTokens = table('enrol_tokens', {
    tokenHash: text('token_hash').primaryKey(),
    station: text('station').notNull(),
    createdAt: int('created_at').notNull(),
    expiresAt: int('expires_at').notNull(),
    usedAt: int('used_at'),
    usedBy: text('used_by'),
  });

  /** MAC keys of the link, wrapped under the master key (crypto/mac-keys). */
  const stationKeys = table('station_keys', {
    station: text('station').notNull(),
    keyNo: int('key_no').notNull(),
    wrapped: text('wrapped').notNull(),
    activeAt: int('active_at').notNull(),
  });

  /** SM2 keys that tickets are signed with; owner is a station or `hub`. `wrapped` is the hub's own private key. */
  const ticketKeys = table('ticket_keys', {
    keyNo: int('key_no').primaryKey(),
    owner: text('owner').notNull(),
    publicKey: text('public_key').notNull(),
    wrapped: text('wrapped'),
    revoked: int('revoked').notNull(),
    certifiedAt: int('certified_at').notNull(),
  });

  /** Serials of a terminal, never leased twice. `used` is how many of them have been seen on tickets, counted from the first. */
  const numberLeases = table('number_leases', {
    station: text('station').notNull(),
    terminal: text('terminal').notNull(),
    first: int('first').notNull(),
    count: int('count').notNull(),
    used: int('used').notNull(),
    leasedAt: int('leased_at').notNull(),
  });

  /** 票源: seats of each trip of a line that the hub gets by itself; at `lowWater` it asks for more. Line `*` is every line. */
  const allotments = table('allotments', {
    station: text('station').notNull(),
    line: text('line').notNull(),
    seats: int('seats').notNull(),
    lowWater: int('low_water').notNull(),
  });

  /** Low-water marks of trips whose fetched seats went back unused: they count instead of the standing order's. */
  const loweredMarks = table('lowered_marks', {
    tripId: text('trip_id').primaryKey(),
    lowWater: int('low_water').notNull(),
  });

  /** 配客点: seats of each trip of a line that a boarding point gets from its stop on. Line `*` is every line. */
  const boardingShares = table('boarding_shares', {
    station: text('station').notNull(),
    line: text('line').notNull(),
    seats: int('seats').notNull(),
  });

  return {
    stations,
    stationHeads,
    stationDirectory,
    stops,
    enrolTokens,
    stationKeys,
    ticketKeys,
    numberLeases,
    allotments,
    loweredMarks,
    boardingShares,
  };
}
