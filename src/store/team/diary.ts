import { jsonText } from '../../core/json.ts'
import type { Diary } from '../../core/ledger-store.ts'
import type { Clock } from '../../core/ports.ts'
import { findDated, freeDatedId } from '../dated-id.ts'
import type { Database } from './database.ts'

export function openTeamDiary(database: Database, clock: Clock): Diary {
  const list = async () =>
    (await database.rows<{ id: string }>('SELECT id FROM k1ctl.dated ORDER BY made, id')).map(({ id }) => id)
  return {
    list,
    find: async text => findDated(text, await list()),
    async read(id) {
      const [row] = await database.rows<{ body: string }>('SELECT body FROM k1ctl.dated WHERE id = $1', [id])
      try {
        return row && JSON.parse(row.body)
      } catch {
        return undefined
      }
    },
    add: (value, own) =>
      database.transaction(async query => {
        await query('LOCK TABLE k1ctl.dated IN EXCLUSIVE MODE')
        const ids = await query<{ id: string }>('SELECT id FROM k1ctl.dated')
        const id = own ?? freeDatedId(clock.now(), new Set(ids.map(row => row.id)))
        await query('INSERT INTO k1ctl.dated (id, body) VALUES ($1, $2)', [id, jsonText(value, 2)])
        return id
      }),
    async write(id, value, still) {
      still?.()
      await database.rows('UPDATE k1ctl.dated SET body = $2 WHERE id = $1', [id, jsonText(value, 2)])
    },
  }
}
