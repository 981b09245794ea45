import type { Pool } from 'pg'
import { K1Error } from '../../core/errors.ts'

/** Forward only, in this order; one that was released is never changed. */
const migrations: readonly string[] = [
  `CREATE TABLE k1ctl.documents (name text PRIMARY KEY, body text NOT NULL);
   CREATE TABLE k1ctl.choices (operator text PRIMARY KEY, tenant text NOT NULL);
   CREATE TABLE k1ctl.runs (run text PRIMARY KEY, created timestamptz NOT NULL DEFAULT now());
   CREATE TABLE k1ctl.entries (
     run text NOT NULL REFERENCES k1ctl.runs, seq integer NOT NULL, line text NOT NULL, PRIMARY KEY (run, seq));
   CREATE TABLE k1ctl.people_lists (run text PRIMARY KEY, count integer, problems integer, sha256 text);
   CREATE TABLE k1ctl.people (
     run text NOT NULL REFERENCES k1ctl.people_lists ON DELETE CASCADE, n integer NOT NULL, line text NOT NULL,
     PRIMARY KEY (run, n));
   CREATE TABLE k1ctl.dated (id text PRIMARY KEY, body text NOT NULL, made timestamptz NOT NULL DEFAULT clock_timestamp());
   CREATE TABLE k1ctl.locks (
     key text PRIMARY KEY, token text NOT NULL, fence bigint NOT NULL, until timestamptz NOT NULL, holder text NOT NULL);
   CREATE SEQUENCE k1ctl.fences;`,
  `CREATE TABLE k1ctl.limits (name text PRIMARY KEY, requests integer NOT NULL, per_ms bigint NOT NULL);
   CREATE TABLE k1ctl.grants (
     id bigserial PRIMARY KEY, name text NOT NULL REFERENCES k1ctl.limits, places integer NOT NULL,
     until timestamptz NOT NULL);
   CREATE INDEX ON k1ctl.grants (name, until);`,
  `CREATE TABLE k1ctl.roster (seq integer PRIMARY KEY, line text NOT NULL);`,
  // What questions are answered by: whom and what a run is about, how many entries it has, and of each a sum, for doctor.
  `CREATE TABLE k1ctl.run_subjects (
     run text NOT NULL REFERENCES k1ctl.runs ON DELETE CASCADE, tenant text NOT NULL, person text NOT NULL,
     PRIMARY KEY (run, tenant, person));
   CREATE INDEX ON k1ctl.run_subjects (tenant, run);
   CREATE INDEX ON k1ctl.run_subjects (person, run);
   CREATE FUNCTION k1ctl.json_of(body text) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE STRICT AS
     $$ BEGIN RETURN body::jsonb; EXCEPTION WHEN others THEN RETURN NULL; END $$;
   INSERT INTO k1ctl.run_subjects
     SELECT DISTINCT run, lower(data ->> 'tenant'), lower(coalesce(data ->> 'person', ''))
     FROM (SELECT run, k1ctl.json_of(line) -> 'data' AS data FROM k1ctl.entries WHERE line LIKE '%"type":"plan"%') AS plans
     WHERE data ->> 'tenant' IS NOT NULL;
   ALTER TABLE k1ctl.runs ADD COLUMN entries integer NOT NULL DEFAULT 0;
   UPDATE k1ctl.runs SET entries = (SELECT count(*) FROM k1ctl.entries AS e WHERE e.run = runs.run);
   ALTER TABLE k1ctl.entries ADD COLUMN sum bytea;
   UPDATE k1ctl.entries SET sum = sha256(convert_to(line, 'UTF8'));
   ALTER TABLE k1ctl.dated ADD COLUMN due text GENERATED ALWAYS AS (k1ctl.json_of(body) ->> 'due') STORED;
   ALTER TABLE k1ctl.dated ADD COLUMN run text GENERATED ALWAYS AS (k1ctl.json_of(body) ->> 'run') STORED;
   CREATE INDEX ON k1ctl.dated (due);
   CREATE INDEX ON k1ctl.dated (run);`,
  `ALTER TABLE k1ctl.entries ADD COLUMN fence bigint;
   CREATE TABLE k1ctl.workers (
     id text PRIMARY KEY, operator text NOT NULL, version text NOT NULL, doing text, holder text NOT NULL,
     since timestamptz NOT NULL DEFAULT clock_timestamp(), until timestamptz NOT NULL);`,
]

/** Any number, the same for all: one process migrates at a time. */
const gate = 8_112_007

/** Brings the tables to this version. @throws K1Error `storage` when they are of a later one */
export async function migrate(pool: Pool, place: string): Promise<void> {
  const client = await pool.connect()
  try {
    // Without a write, where nothing is to be done: a role without the right to make tables can still work.
    const there = await client.query(`SELECT to_regclass('k1ctl.version') AS version`)
    const version = there.rows[0]?.version === null ? 0 : await versionIn(client)
    if (version === migrations.length) return
    if (version > migrations.length) throw newer(place, version)
    await client.query('BEGIN')
    await client.query('SELECT pg_advisory_xact_lock($1)', [gate])
    await client.query('CREATE SCHEMA IF NOT EXISTS k1ctl')
    await client.query('CREATE TABLE IF NOT EXISTS k1ctl.version (version integer NOT NULL)')
    const now = await versionIn(client)
    if (now > migrations.length) throw newer(place, now)
    for (const step of migrations.slice(now)) await client.query(step)
    await client.query('DELETE FROM k1ctl.version')
    await client.query('INSERT INTO k1ctl.version VALUES ($1)', [migrations.length])
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  } finally {
    client.release()
  }
}

async function versionIn(client: { query(sql: string): Promise<{ rows: { version: number }[] }> }): Promise<number> {
  return (await client.query('SELECT version FROM k1ctl.version')).rows[0]?.version ?? 0
}

function newer(place: string, version: number): K1Error {
  return new K1Error('storage', `The team's store ${place} is of a later k1ctl: version ${version} of its tables.`, {
    hint: 'Update k1ctl on this machine. Nothing was read or changed.',
    facts: { place, version, known: migrations.length },
  })
}
