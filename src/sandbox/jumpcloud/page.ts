import { Refusal } from './refusal.ts'

const mostRows = 100
const defaultRows = 10

/**
 * A page as `limit` and `skip` ask for it: ten rows where nothing is asked. More than a hundred is refused
 * (github.com/TheJumpCloud/jcapi-python/issues/38).
 */
export function pageOf<T>(rows: readonly T[], query: URLSearchParams): T[] {
  const limit = numberOf(query, 'limit', defaultRows)
  if (limit > mostRows)
    throw new Refusal(400, `Bad Request: request parameter "limit" exceeds maximum value of ${mostRows}`)
  const skip = numberOf(query, 'skip', 0)
  return rows.slice(skip, skip + limit)
}

/** API 1 and the provider's routes: `{results, totalCount}`. */
export function envelopeOf<T>(rows: readonly T[], query: URLSearchParams): { results: T[]; totalCount: number } {
  return { results: pageOf(rows, query), totalCount: rows.length }
}

/**
 * Rows that a filter lets through. API 1: `field:$eq:value`, case-sensitive; API 2: `field:eq:value`, where `*` is a
 * wild card.
 */
export function filtered<T extends object>(rows: readonly T[], query: URLSearchParams, api: 1 | 2): T[] {
  const filter = query.get('filter')
  if (filter === null || filter === '') return [...rows]
  const [, field = '', operator = '', value = ''] = /^([^:]+):([^:]+):(.*)$/s.exec(filter) ?? []
  if (operator !== (api === 1 ? '$eq' : 'eq')) throw new Refusal(400, `Invalid filter operator in "${filter}"`)
  const pattern = new RegExp(
    `^${value
      .split('*')
      .map(quoted)
      .join(api === 2 ? '.*' : '\\*')}$`,
    's',
  )
  return rows.filter(row => {
    const found = new Map<string, unknown>(Object.entries(row)).get(field)
    return typeof found === 'string' && pattern.test(found)
  })
}

function quoted(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

function numberOf(query: URLSearchParams, name: string, otherwise: number): number {
  const text = query.get(name)
  if (text === null) return otherwise
  if (!/^\d{1,9}$/.test(text)) throw new Refusal(400, `${name} is not a number`)
  return Number(text)
}
