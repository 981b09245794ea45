import { jsonText } from '../../core/json.ts'
import type { Diary } from '../../core/ledger-store.ts'
import type { Clock } from '../../core/ports.ts'
import { findDated, freeDatedId, isDatedId } from '../dated-id.ts'
import { stampOf } from '../run-id.ts'
import type { Database } from './database.ts'

/** Behind the id of one that was put away: no entry any more. */
const away = '.unreadable'

export function openTeamDiary(database: Database, clock: Clock): Diary {
  const list = async () =>
    (await database.rows<{ id: string }>('SELECT id FROM k1ctl.dated ORDER BY made, id'))
      .map(({ id }) => id)
      .filter(isDatedId)
  return {
    list,
    find: async text => findDated(text, await list()),
    async between(since, until) {
      // Of one that cannot be read nobody can tell: it has no due.
      const rows = await database.rows<{ id: string; body: string }>(
        `SELECT id, body FROM k1ctl.dated WHERE due IS NULL OR (due >= $1 AND due < $2) OR (run >= $3 AND run < $4)
         ORDER BY made, id`,
        [since.toISOString(), until.toISOString(), stampOf(since), stampOf(new Date(until.getTime() + 86_400_000))],
      )
      return rows.filter(({ id }) => isDatedId(id)).map(({ id, body }) => ({ id, value: parse(body) }))
    },
    async read(id) {
      const [row] = await database.rows<{ body: string }>('SELECT body FROM k1ctl.dated WHERE id = $1', [id])
      return row && parse(row.body)
    },
    add: (value, own) =>
      database.transaction(async query => {
        await query('LOCK TABLE k1ctl.dated IN EXCLUSIVE MODE')
        const ids = await query<{ id: string }>('SELECT id FROM k1ctl.dated')
        const id = own ?? freeDatedId(clock.now(), new Set(ids.map(row => row.id.replace(away, ''))))
        await query('INSERT INTO k1ctl.dated (id, body) VALUES ($1, $2)', [id, jsonText(value, 2)])
        return id
      }),
    async write(id, value, still) {
      still?.()
      await database.rows('UPDATE k1ctl.dated SET body = $2 WHERE id = $1', [id, jsonText(value, 2)])
    },
    putAway: (id, by, still) =>
      database.transaction(async query => {
        const [row] = await query<{ body: string }>('SELECT body FROM k1ctl.dated WHERE id = $1 FOR UPDATE', [id])
        const kept = { id, ...by, what: 'put away: it was not as k1ctl wrote it', was: row?.body ?? null }
        still?.()
        await query('DELETE FROM k1ctl.dated WHERE id = $1', [`${id}${away}`])
        await query('UPDATE k1ctl.dated SET id = $2, body = $3 WHERE id = $1', [id, `${id}${away}`, jsonText(kept, 2)])
        return `k1ctl.dated, id ${id}${away}`
      }),
  }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
