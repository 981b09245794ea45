import { type ZodType, z } from 'zod'
import { K1Error } from '../../../core/errors.ts'
import type { Clock } from '../../../core/ports.ts'
import { type HttpClient, type Path, path } from '../../../http/client.ts'
import { guardPages } from '../../../http/page-guard.ts'
import { nextPage } from '../next-page.ts'
import type { CmdletName, Parameters } from './cmdlets.ts'
import { namingCmdlet } from './exchange-error.ts'
import { createSharedCommands } from './shared-commands.ts'

/** Reads with one cmdlet, or changes with one. */
export interface Invoke {
  /** All pages. @param mailbox whose it is about; its own server answers then */
  read<N extends CmdletName, T>(
    cmdlet: N,
    parameters: Parameters<N>,
    item: ZodType<T>,
    options?: { mailbox?: string },
  ): Promise<T[]>
  /** The answer is not read: looking decides. What Exchange warns of with its 200 is given back. */
  change<N extends CmdletName>(cmdlet: N, parameters: Parameters<N>, mailbox?: string): Promise<string[]>
}

/** The mailbox of every organization that requests without one of their own go to. */
const systemMailbox = 'SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}'

const warnings = { '@adminapi.warnings': z.array(z.string()).nullish() }

const warningsSchema = z.object(warnings)

/** What Exchange warns of with a list that it cut at `ResultSize`. */
const moreResults = /more results available/i

/**
 * The endpoint that Microsoft's own Exchange Online PowerShell module speaks: each cmdlet is a POST, also one that reads,
 * and so is each further page, with the same body. What is read at about the same time goes together. @param http its base URL is `base`
 */
export function createInvoke(
  http: HttpClient,
  time: { clock: Clock; signal?: AbortSignal | undefined },
  base: string,
  tenantId: string,
): Invoke {
  const first = path`/${tenantId}/InvokeCommand`
  const together = createSharedCommands(http, time, {
    where: path`/${tenantId}/$batch`,
    address: base + first.text,
  })

  function bodyOf<N extends CmdletName>(CmdletName: N, parameters: Parameters<N>) {
    const given = Object.entries(parameters).filter(([, value]) => value !== undefined)
    return { CmdletInput: { CmdletName, Parameters: Object.fromEntries(given) } }
  }

  async function post<T>(
    where: Path,
    cmdlet: CmdletName,
    parameters: object,
    answer: ZodType<T>,
    about: { mailbox: string | undefined; write: boolean },
  ): Promise<T> {
    const { mailbox = '' } = about
    // A header has no room for other letters: then the request goes where those without a mailbox go.
    const anchor = /^[\x21-\x7e]+$/.test(mailbox) ? `UPN:${mailbox}` : `APP:${systemMailbox}@${tenantId}`
    const headers = { 'x-anchormailbox': anchor, 'x-cmdletname': cmdlet, prefer: 'odata.maxpagesize=1000' }
    const json = bodyOf(cmdlet, parameters)
    try {
      if (!about.write && where === first) {
        const found = answer.safeParse(await together.read({ headers, body: json }))
        if (found.success) return found.data
      }
      const { body } = await http.request({
        method: 'POST',
        path: where,
        json,
        headers,
        answer,
        write: about.write,
        repeatable: !about.write,
      })
      return body
    } catch (error) {
      throw namingCmdlet(error, cmdlet)
    }
  }

  return {
    async read(cmdlet, parameters, item, { mailbox } = {}) {
      const guard = guardPages('Exchange Online', cmdlet, '@odata.nextLink')
      const page = z.object({ value: z.array(item), '@odata.nextLink': z.string().nullish(), ...warnings })
      const all = []
      for (let where = first; ; ) {
        const answer = await post(where, cmdlet, parameters, page, { mailbox, write: false })
        const { value, '@odata.nextLink': next, '@adminapi.warnings': warned } = answer
        if (warned?.some(one => moreResults.test(one))) {
          throw new K1Error('contract', `Exchange Online did not give the whole answer to ${cmdlet}.`, {
            facts: { cmdlet },
          })
        }
        all.push(...value)
        if (!next) return all
        guard.goOn({ next })
        where = nextPage(base, next, first, 'Exchange Online')
      }
    },
    async change(cmdlet, parameters, mailbox) {
      const answer = await post(first, cmdlet, parameters, z.unknown(), { mailbox, write: true })
      const { success, data } = warningsSchema.safeParse(answer)
      return success ? (data['@adminapi.warnings'] ?? []) : []
    },
  }
}
