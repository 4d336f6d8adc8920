import type { Migration } from './migration.ts'

/** Licences, the pool, the calendar, mails and pushes. */
export const firstTables: Migration = {
  name: 'first-tables',
  statements: ({ serial }) => [
    ...licences(serial),
    ...experiences(serial),
    ...calendar,
    ...admin(serial),
    ...mailsAndPushes(serial),
    // Work that one instance does for all: who does it, until when.
    `CREATE TABLE duties (name text PRIMARY KEY, owner text NOT NULL, until bigint NOT NULL)`,
  ],
}

/** Deferred, so that a restore may fill tables in any order. */
const ofLicence = `REFERENCES licences (id) DEFERRABLE INITIALLY DEFERRED`

const licences = (serial: string): string[] => [
  `CREATE TABLE licences (
     id text PRIMARY KEY,
     key_hash text NOT NULL UNIQUE,
     key_hint text NOT NULL,
     user_id text NOT NULL,
     email text,
     plan text NOT NULL,
     accounts integer NOT NULL CHECK (accounts > 0),
     devices integer NOT NULL CHECK (devices > 0),
     created_at bigint NOT NULL,
     expires_at bigint,
     revoked_at bigint,
     revoked_reason text,
     source text NOT NULL CHECK (source IN ('cli', 'admin', 'stripe')),
     subscription_id text UNIQUE
   )`,
  `CREATE INDEX licences_by_user ON licences (user_id)`,
  `CREATE INDEX licences_by_expiry ON licences (expires_at) WHERE revoked_at IS NULL`,
  `CREATE TABLE licence_events (
     seq ${serial},
     licence_id text NOT NULL ${ofLicence},
     at bigint NOT NULL,
     kind text NOT NULL,
     actor text NOT NULL,
     detail text NOT NULL
   )`,
  `CREATE INDEX licence_events_by_licence ON licence_events (licence_id, seq)`,
  `CREATE TABLE licence_devices (
     licence_id text NOT NULL ${ofLicence},
     device_id text NOT NULL,
     first_at bigint NOT NULL,
     last_at bigint NOT NULL,
     app_version text NOT NULL,
     PRIMARY KEY (licence_id, device_id)
   )`,
  `CREATE TABLE licence_accounts (
     licence_id text NOT NULL ${ofLicence},
     account_id text NOT NULL,
     mode text NOT NULL CHECK (mode IN ('paper', 'live')),
     first_at bigint NOT NULL,
     last_at bigint NOT NULL,
     PRIMARY KEY (licence_id, account_id)
   )`,
  `CREATE TABLE account_leases (
     account_id text PRIMARY KEY,
     user_id text NOT NULL,
     licence_id text NOT NULL ${ofLicence},
     device_id text NOT NULL,
     fence bigint NOT NULL CHECK (fence > 0),
     jti text NOT NULL,
     taken_at bigint NOT NULL,
     renewed_at bigint NOT NULL,
     expires_at bigint NOT NULL,
     released_at bigint
   )`,
  `CREATE INDEX account_leases_by_licence ON account_leases (licence_id)`,
  `CREATE INDEX account_leases_by_user ON account_leases (user_id)`,
  `CREATE TABLE users (
     user_id text PRIMARY KEY,
     email text,
     first_at bigint NOT NULL,
     last_at bigint NOT NULL,
     app_version text
   )`,
  `CREATE INDEX users_by_last_access ON users (last_at)`,
  `CREATE TABLE subscriptions (
     id text PRIMARY KEY,
     customer_id text NOT NULL,
     licence_id text,
     user_id text,
     plan text,
     status text NOT NULL,
     period_end bigint,
     event_at bigint NOT NULL
   )`,
  `CREATE INDEX subscriptions_by_customer ON subscriptions (customer_id)`,
  `CREATE TABLE stripe_events (
     id text PRIMARY KEY,
     type text NOT NULL,
     created_at bigint NOT NULL,
     received_at bigint NOT NULL,
     payload text NOT NULL,
     processed_at bigint,
     problem text
   )`,
  `CREATE INDEX stripe_events_to_process ON stripe_events (created_at) WHERE processed_at IS NULL`,
]

const experiences = (serial: string): string[] => [
  `CREATE TABLE experiences (
     seq ${serial},
     kind text NOT NULL CHECK (kind IN ('signal', 'exit')),
     user_id text NOT NULL,
     contributor text NOT NULL,
     idempotency_key text NOT NULL,
     body_hash text NOT NULL,
     symbol text NOT NULL,
     symbol_class text NOT NULL,
     side text NOT NULL CHECK (side IN ('buy', 'sell')),
     strategy text NOT NULL,
     timeframe text NOT NULL,
     source text NOT NULL,
     features text NOT NULL,
     outcome text NOT NULL,
     r double precision NOT NULL CHECK (r BETWEEN -20 AND 20),
     day text NOT NULL,
     stored_at bigint NOT NULL,
     status text NOT NULL,
     UNIQUE (kind, user_id, idempotency_key)
   )`,
  `CREATE INDEX experiences_by_user ON experiences (user_id)`,
  `CREATE INDEX experiences_by_contributor ON experiences (contributor)`,
]

const calendar = [
  `CREATE TABLE calendar_events (
     id text PRIMARY KEY,
     name text NOT NULL,
     date text NOT NULL,
     time text NOT NULL,
     zone text NOT NULL,
     status text NOT NULL,
     projections integer NOT NULL CHECK (projections IN (0, 1)),
     impact text NOT NULL,
     note text,
     minutes integer,
     updated_at bigint NOT NULL,
     removed_at bigint
   )`,
  `CREATE INDEX calendar_events_by_date ON calendar_events (date)`,
  `CREATE TABLE calendar_sources (
     name text PRIMARY KEY,
     known_from text NOT NULL,
     known_until text NOT NULL,
     as_of text NOT NULL,
     checked_at bigint NOT NULL,
     problem text
   )`,
  `CREATE TABLE calendar_revision (id integer PRIMARY KEY CHECK (id = 1), revision bigint NOT NULL)`,
]

const admin = (serial: string): string[] => [
  `CREATE TABLE admin_keys (
     id text PRIMARY KEY,
     key_hash text NOT NULL UNIQUE,
     label text NOT NULL,
     role text NOT NULL CHECK (role IN ('owner', 'support', 'calendar', 'reader')),
     created_at bigint NOT NULL,
     last_used_at bigint,
     revoked_at bigint
   )`,
  `CREATE TABLE admin_audit (
     seq ${serial},
     at bigint NOT NULL,
     key_id text NOT NULL,
     action text NOT NULL,
     target text NOT NULL,
     detail text NOT NULL,
     request_id text NOT NULL
   )`,
  `CREATE TABLE page_sessions (
     token_hash text PRIMARY KEY,
     kind text NOT NULL,
     subject text NOT NULL,
     created_at bigint NOT NULL,
     expires_at bigint NOT NULL
   )`,
  `CREATE INDEX page_sessions_by_expiry ON page_sessions (expires_at)`,
]

const mailsAndPushes = (serial: string): string[] => [
  `CREATE TABLE mails (
     id text PRIMARY KEY,
     to_address text NOT NULL,
     kind text NOT NULL,
     payload text NOT NULL,
     created_at bigint NOT NULL,
     sent_at bigint,
     attempts integer NOT NULL,
     next_at bigint NOT NULL,
     lease_owner text,
     lease_until bigint,
     problem text
   )`,
  `CREATE INDEX mails_to_send ON mails (next_at) WHERE sent_at IS NULL`,
  `CREATE TABLE pushes (
     seq ${serial},
     at bigint NOT NULL,
     topic text NOT NULL,
     audience text,
     payload text NOT NULL
   )`,
  `CREATE INDEX pushes_by_time ON pushes (at)`,
  `CREATE TABLE rate_offences (
     subject text NOT NULL,
     day text NOT NULL,
     count integer NOT NULL,
     last_at bigint NOT NULL,
     PRIMARY KEY (subject, day)
   )`,
]
