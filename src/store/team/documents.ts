import { K1Error } from '../../core/errors.ts'
import type { Team } from '../../core/team.ts'
import type { Document } from '../document.ts'
import { needsOf } from './config-needs.ts'
import type { Database, RunSql } from './database.ts'

/** A text of the team, one row; whoever changes it holds the row. */
export function teamDocument(database: Database, name: string): Document {
  const read = async (query: RunSql, suffix = '') =>
    (await query<{ body: string }>(`SELECT body FROM k1ctl.documents WHERE name = $1${suffix}`, [name]))[0]?.body
  return {
    path: `${database.place} (${name})`,
    read: () => read(database.rows),
    change: work =>
      database.transaction(async query => {
        // A row that is not there cannot be held; a number made of its name can.
        await query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`k1ctl ${name}`])
        return work({
          read: () => read(query, ' FOR UPDATE'),
          async replace(text) {
            if (text === undefined) await query('DELETE FROM k1ctl.documents WHERE name = $1', [name])
            else {
              await query(
                'INSERT INTO k1ctl.documents VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET body = excluded.body',
                [name, text],
              )
            }
          },
        })
      }),
  }
}

/** The configuration of the team; which tenant is chosen is each operator's own. */
export function teamConfig(database: Database, operator: string, { require }: Pick<Team, 'require'>): Document {
  const shared = teamDocument(database, 'config')
  async function choice(): Promise<string | undefined> {
    const rows = await database.rows<{ tenant: string }>('SELECT tenant FROM k1ctl.choices WHERE operator = $1', [
      operator,
    ])
    return rows[0]?.tenant
  }
  return {
    path: shared.path,
    read: async () => withChoice(await shared.read(), await choice()),
    change: work =>
      shared.change(held =>
        work({
          read: async () => withChoice(await held.read(), await choice()),
          async replace(text) {
            if (text === undefined) throw new K1Error('internal', 'The configuration of a team is never removed.')
            const { current, ...rest } = JSON.parse(text)
            const next = `${JSON.stringify(rest)}\n`
            const before = await held.read()
            for (const { role, tenants } of needsOf(before, next)) await require(role, tenants)
            await held.replace(next)
            if (current === undefined) await database.rows('DELETE FROM k1ctl.choices WHERE operator = $1', [operator])
            else {
              await database.rows(
                'INSERT INTO k1ctl.choices VALUES ($1, $2) ON CONFLICT (operator) DO UPDATE SET tenant = excluded.tenant',
                [operator, current],
              )
            }
          },
        }),
      ),
  }
}

/** A choice of a tenant that a colleague has removed since is none. */
function withChoice(text: string | undefined, current: string | undefined): string | undefined {
  if (text === undefined || current === undefined) return text
  const config: { tenants?: { name?: string }[] } = JSON.parse(text)
  return config.tenants?.some(t => t.name === current) ? JSON.stringify({ ...config, current }) : text
}
