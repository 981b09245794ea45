import { asK1Error, type ErrorKind } from '../../../core/errors.ts'
import type { Clock } from '../../../core/ports.ts'
import type { HttpClient, Path } from '../../../http/client.ts'
import { askedToWait, postParts, type RawPart } from '../batch.ts'
import { createCompany } from '../company.ts'
import { readExchangeError } from './exchange-error.ts'

/** A cmdlet that reads, as a request of its own would carry it. */
export interface ReadingCmdlet {
  headers: Readonly<Record<string, string>>
  body: object
}

export interface SharedCommands {
  /**
   * What was answered to it in company; undefined: it is to be sent by itself, as nobody else asked, or it met something
   * passing.
   * @throws K1Error what it was refused with
   */
  read(command: ReadingCmdlet): Promise<unknown>
}

/** What CIPP sends at most (CIPP-API, `New-ExoBulkRequest`); Microsoft documents no batch here. */
const mostCommands = 10
const pauseMs = 25
const longestWaitMs = 30_000

/** These say something of the batch, and not of what is in it. */
const unbatched = new Set<ErrorKind>(['rejected', 'forbidden', 'contract', 'server'])

/**
 * Cmdlets that read and are asked for together, in one request. Where Exchange does not take that, each is sent by itself
 * from then on.
 * @param place of batches, and of a cmdlet alone, whole
 */
export function createSharedCommands(
  http: HttpClient,
  { clock, signal }: { clock: Clock; signal?: AbortSignal | undefined },
  { where, address }: { where: Path; address: string },
): SharedCommands {
  let refused = false

  const company = createCompany<ReadingCmdlet, RawPart>(clock, {
    most: mostCommands,
    pauseMs: () => pauseMs,
    async send(commands) {
      if (refused) return null
      const requests = commands.map((command, at) => ({ id: String(at), method: 'POST', url: address, ...command }))
      const headers = { ...commands[0]?.headers, prefer: 'odata.maxpagesize=1000,odata.continue-on-error' }
      try {
        return await postParts(http, where, requests, { service: 'Exchange Online', writes: false, headers })
      } catch (thrown) {
        const error = asK1Error(thrown)
        if (!unbatched.has(error.kind)) throw error
        refused = error.kind === 'rejected'
        return null
      }
    },
  })

  return {
    async read(command) {
      const [found] = refused ? [] : ((await company.join([command])) ?? [])
      if (found === undefined) return undefined
      if (found.status < 300) return found.body
      const error = readExchangeError(found.status, found.body)
      if (error !== undefined) throw error
      await clock.sleep(Math.min(askedToWait(found, clock.now()) ?? 0, longestWaitMs), signal)
      return undefined
    },
  }
}
