import { z } from 'zod'
import { guardPages } from '../../http/page-guard.ts'
import { type CallGround, openService, send } from './call.ts'

type Body = Readonly<Record<string, unknown>>

/** One operation, and what it answers. Made once: a schema takes longer to make than to read by. */
export interface JsonOperation<T> {
  action: string
  answer: z.ZodType<T>
}

const page = z.object({ NextToken: z.string().nullish() })

/** Of what comes in pages. */
export function listing<T>(action: string, answer: z.ZodType<T>): JsonOperation<T & z.infer<typeof page>> {
  return { action, answer: z.intersection(answer, page) }
}

/** JSON 1.1 of IAM Identity Center: the operation is named by a header. */
export interface JsonClient {
  read<T>(operation: JsonOperation<T>, body: Body): Promise<T>
  write<T>(operation: JsonOperation<T>, body: Body): Promise<T>
  /** Page by page (`NextToken`). */
  pages<T extends z.infer<typeof page>>(list: JsonOperation<T>, body: Body): AsyncIterable<T>
  close(): Promise<void>
}

const targets = { sso: 'SWBExternalService', identitystore: 'AWSIdentityStore' }

export function openJsonClient(ground: CallGround, service: 'sso' | 'identitystore'): JsonClient {
  const http = openService(ground, service)
  const call = <T>({ action, answer }: JsonOperation<T>, write: boolean, json: Body) =>
    send(http, { action, write, answer }, { json, headers: { 'x-amz-target': `${targets[service]}.${action}` } })

  return {
    read: (operation, body) => call(operation, false, body),
    write: (operation, body) => call(operation, true, body),
    async *pages(list, body) {
      const guard = guardPages('AWS', list.action, 'NextToken')
      for (let token: string | undefined; ; ) {
        const found = await call(list, false, token === undefined ? body : { ...body, NextToken: token })
        yield found
        token = found.NextToken || undefined
        if (token === undefined) return
        guard.goOn({ next: token })
      }
    },
    close: () => http.close(),
  }
}
