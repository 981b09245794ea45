import { z } from 'zod'
import { K1Error } from '../../core/errors.ts'
import { guardPages } from '../../http/page-guard.ts'
import { type CallGround, openService, send } from './call.ts'

type Parameters = Readonly<Record<string, string | readonly string[] | undefined>>

/** The query protocol of IAM and STS: a form out, XML back. */
export interface QueryClient {
  read<T>(action: string, parameters: Parameters, result: z.ZodType<T>): Promise<T>
  write(action: string, parameters: Parameters): Promise<void>
  /** All pages of a list (`IsTruncated`, `Marker`). */
  readAll<T, R>(action: string, parameters: Parameters, result: z.ZodType<T>, pick: (page: T) => R[]): Promise<R[]>
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

  async function read<T>(action: string, parameters: Parameters, result: z.ZodType<T>): Promise<T> {
    const answer = z.object({ [`${action}Response`]: z.object({ [`${action}Result`]: result }) })
    const answered = await send(http, { action, write: false, answer }, { form: form(action, parameters) })
    for (const response of Object.values(answered)) for (const found of Object.values(response)) return found
    throw new K1Error('internal', `The answer to ${action} was read as nothing.`)
  }

  return {
    read,
    async write(action, parameters) {
      await send(http, { action, write: true }, { form: form(action, parameters) })
    },
    async readAll<T, R>(action: string, parameters: Parameters, result: z.ZodType<T>, pick: (page: T) => R[]) {
      const all: R[] = []
      const paged = z.intersection(
        result,
        z.object({ IsTruncated: z.string().optional(), Marker: z.string().optional() }),
      )
      const guard = guardPages('AWS', action, 'Marker')
      for (let marker: string | undefined; ; ) {
        const found = await read(action, { ...parameters, Marker: marker }, paged)
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
