import { z } from 'zod'
import { K1Error } from '../../core/errors.ts'
import { guardPages } from '../../http/page-guard.ts'
import { type CallGround, openService, send } from './call.ts'

type Parameters = Readonly<Record<string, string | readonly string[] | undefined>>

/** One action, and what it answers. Made once: a schema takes longer to make than to read by. */
export interface Query<T> {
  action: string
  answer: z.ZodType<Record<string, Record<string, T>>>
}

export function query<T>(action: string, result: z.ZodType<T>): Query<T> {
  return { action, answer: z.object({ [`${action}Response`]: z.object({ [`${action}Result`]: result }) }) }
}

const page = z.object({ IsTruncated: z.string().optional(), Marker: z.string().optional() })

/** Of what comes in pages. */
export function listQuery<T>(action: string, result: z.ZodType<T>): Query<T & z.infer<typeof page>> {
  return query(action, z.intersection(result, page))
}

/** The query protocol of IAM and STS: a form out, XML back. */
export interface QueryClient {
  read<T>(query: Query<T>, parameters: Parameters): Promise<T>
  write(action: string, parameters: Parameters): Promise<void>
  /** All pages of a list (`IsTruncated`, `Marker`). */
  readAll<T extends z.infer<typeof page>, R>(
    query: Query<T>,
    parameters: Parameters,
    pick: (page: T) => R[],
  ): Promise<R[]>
  close(): Promise<void>
}

const versions = { iam: '2010-05-08', sts: '2011-06-15' }

export function openQueryClient(ground: CallGround, service: 'iam' | 'sts'): QueryClient {
  const http = openService(ground, service)

  function form(action: string, parameters: Parameters): Record<string, string> {
    const members = Object.entries(parameters).flatMap(([name, value]): [string, string][] => {
      if (value === undefined) return []
      if (typeof value === 'string') return [[name, value]]
      return value.map((one, index) => [`${name}.member.${index + 1}`, one])
    })
    return { Action: action, Version: versions[service], ...Object.fromEntries(members) }
  }

  async function read<T>({ action, answer }: Query<T>, parameters: Parameters): Promise<T> {
    const answered = await send(http, { action, write: false, answer }, { form: form(action, parameters) })
    for (const response of Object.values(answered)) for (const found of Object.values(response)) return found
    throw new K1Error('internal', `The answer to ${action} was read as nothing.`)
  }

  return {
    read,
    async write(action, parameters) {
      await send(http, { action, write: true }, { form: form(action, parameters) })
    },
    async readAll<T extends z.infer<typeof page>, R>(list: Query<T>, parameters: Parameters, pick: (page: T) => R[]) {
      const all: R[] = []
      const { action } = list
      const guard = guardPages('AWS', action, 'Marker')
      for (let marker: string | undefined; ; ) {
        const found = await read(list, { ...parameters, Marker: marker })
        all.push(...pick(found))
        if (found.IsTruncated !== 'true') return all
        if (found.Marker === undefined) {
          throw new K1Error('contract', `AWS answered ${action} with a page that has no next one, though it says so.`, {
            facts: { operation: action, field: 'Marker' },
          })
        }
        marker = found.Marker
        guard.goOn({ next: marker })
      }
    },
    close: () => http.close(),
  }
}
