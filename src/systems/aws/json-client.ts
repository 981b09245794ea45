import { z } from 'zod'
import { guardPages } from '../../http/page-guard.ts'
import { type CallGround, openService, send } from './call.ts'

type Body = Readonly<Record<string, unknown>>

/** JSON 1.1 of IAM Identity Center: the operation is named by a header. */
export interface JsonClient {
  read<T>(action: string, body: Body, answer: z.ZodType<T>): Promise<T>
  write<T>(action: string, body: Body, answer: z.ZodType<T>): Promise<T>
  /** Page by page (`NextToken`). */
  pages<T>(action: string, body: Body, answer: z.ZodType<T>): AsyncIterable<T>
  close(): Promise<void>
}

const targets = { sso: 'SWBExternalService', identitystore: 'AWSIdentityStore' }

export function openJsonClient(ground: CallGround, service: 'sso' | 'identitystore'): JsonClient {
  const http = openService(ground, service)
  const call = <T>(action: string, write: boolean, json: Body, answer: z.ZodType<T>) =>
    send(http, { action, write, answer }, { json, headers: { 'x-amz-target': `${targets[service]}.${action}` } })

  return {
    read: (action, body, answer) => call(action, false, body, answer),
    write: (action, body, answer) => call(action, true, body, answer),
    async *pages(action, body, answer) {
      const paged = z.intersection(answer, z.object({ NextToken: z.string().nullish() }))
      const guard = guardPages('AWS', action, 'NextToken')
      for (let token: string | undefined; ; ) {
        const page = await call(action, false, token === undefined ? body : { ...body, NextToken: token }, paged)
        yield page
        token = page.NextToken || undefined
        if (token === undefined) return
        guard.goOn({ next: token })
      }
    },
    close: () => http.close(),
  }
}
