import type { Client, Entry as LdapEntry, SearchOptions } from 'ldapts'
import { isK1Error, K1Error } from '../../core/errors.ts'
import type { Clock, HttpOptions } from '../../core/ports.ts'
import { Broken } from '../../http/exchange.ts'
import { cancelled, lostAnswer, lostBecause } from '../../http/failure.ts'
import { guardPages } from '../../http/page-guard.ts'
import { createConnection, LostConnection } from './connection.ts'
import { binaryAttributes, type Entry } from './entry.ts'
import { type LdapCall, notReached, readRefusal, resultOf, results } from './failure.ts'
import { notLdapCode } from './only-ldap.ts'
import type { DirectorySettings } from './settings.ts'
import { wholeEntry } from './whole-entry.ts'

export interface Modification {
  operation: 'add' | 'delete' | 'replace'
  attribute: string
  /** Replaced by none: it is cleared, also where it was empty already. */
  values: readonly (string | Buffer)[]
}

export interface Search {
  scope?: 'base' | 'sub'
  filter?: string
  attributes: readonly string[]
  /** Attributes whose values are wanted as bytes, besides those that always are. */
  binary?: readonly string[]
  /** Also what was deleted: tombstones. */
  deleted?: boolean
  /** The first ones only. */
  most?: number
}

/** LDAP operations on one domain controller. All throw K1Error. */
export interface Directory {
  search(base: string, search: Search): Promise<Entry[]>
  pages(base: string, search: Search): AsyncIterable<Entry[]>
  /** The entry itself; null when it is not there, or not for us to see. */
  read(base: string, search: Omit<Search, 'scope' | 'filter'>): Promise<Entry | null>
  /** @param needs the right that it takes: "Reset Password on users" */
  modify(target: string, changes: readonly Modification[], needs: string): Promise<void>
  rename(target: string, rdn: string, parent: string, needs: string): Promise<void>
  remove(target: string, needs: string, options?: { withChildren: boolean }): Promise<void>
  /** What the controller answers to "Who am I?": `u:CORP\\amy`; undefined where it has no such operation. */
  whoAmI(): Promise<string | undefined>
  close(): Promise<void>
}

export const title = 'Active Directory'

const showDeleted = '1.2.840.113556.1.4.417'
/** RFC 4532. */
const whoAmIOid = '1.3.6.1.4.1.4203.1.11.3'
const treeDelete = '1.2.840.113556.1.4.805'
const pageSize = 500
const defaultDeadlineMs = 30_000
/** So often a busy controller is asked again. */
const mostTries = 4

/** @throws K1Error `usage` for a certificate authority that is none */
export async function openDirectory(settings: DirectorySettings, clock: Clock, http: HttpOptions): Promise<Directory> {
  const { Attribute, Change: LdapChange, Control } = await import('ldapts')
  const deadlineMs = http.deadlineMs ?? defaultDeadlineMs
  const connection = await createConnection(settings, http, deadlineMs)
  const call = (method: string, path: string, write: boolean, needs?: string): LdapCall => ({
    system: title,
    base: settings.shown,
    method,
    path,
    write,
    ...(needs === undefined ? {} : { needs }),
  })

  let everAnswered = false

  /**
   * Undefined where it is worth another try: what answered before, and now ends the connection before it took the
   * sign-in, is about to come back.
   */
  async function connect(attempt: number): Promise<Client | undefined> {
    try {
      return await connection.client()
    } catch (error) {
      const isBrief = isK1Error(error) && ['ECONNRESET', notLdapCode].includes(String(error.facts.code))
      if (!everAnswered || !isBrief || attempt === mostTries) throw error
      await clock.sleep(500 * 2 ** attempt, http.signal)
      return undefined
    }
  }

  /** Once more on a new connection where nothing can have been done; a few times where the controller is busy. */
  async function perform<T>(spec: LdapCall, act: (client: Client) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const client = await connect(attempt)
      if (client === undefined) continue
      const begun = clock.now().getTime()
      const note = (status?: number) =>
        http.onExchange?.({
          method: spec.method,
          url: `${spec.base}/${spec.path}`,
          ms: clock.now().getTime() - begun,
          attempt,
          ...(status === undefined ? {} : { status }),
        })
      try {
        const answer = await act(client)
        note(0)
        everAnswered = true
        return answer
      } catch (error) {
        const code = codeOf(error)
        note(code)
        if (code === undefined) {
          connection.drop(client)
          const lost = new LostConnection(error)
          if ((!spec.write || lost.wasUnsent) && attempt === 1 && !http.signal?.aborted) continue
          throw noAnswer(spec, lost)
        }
        const failure = readRefusal(spec, code, error instanceof Error ? error.message : '')
        if (failure.kind !== 'rate-limited' || attempt === mostTries) throw failure
        await clock.sleep(500 * 2 ** attempt, http.signal)
      }
    }
  }

  function noAnswer(spec: LdapCall, lost: LostConnection): K1Error {
    const aborted = http.signal?.aborted === true
    const broken = new Broken(aborted ? 'aborted' : lost.wasTooSlow ? 'timeout' : 'failed', true, lost)
    if (spec.write && !lost.wasUnsent) return lostAnswer(spec, lostBecause(broken, deadlineMs), lost)
    return aborted ? cancelled(spec) : notReached(spec, broken, deadlineMs)
  }

  const searchOptions = (search: Search): SearchOptions => ({
    scope: search.scope ?? 'sub',
    ...(search.filter === undefined ? {} : { filter: search.filter }),
    attributes: [...search.attributes],
    explicitBufferAttributes: [...binaryAttributes, ...(search.binary ?? [])],
    // ldapts would otherwise let the controller stop after ten seconds.
    timeLimit: Math.max(1, Math.floor(deadlineMs / 1000)),
  })
  const sizeOf = ({ scope, most }: Search): SearchOptions =>
    scope === 'base' ? {} : most === undefined ? { paged: { pageSize } } : { sizeLimit: most }
  const controls = (search: Search) => (search.deleted ? [new Control(showDeleted, { critical: true })] : [])
  const shownSearch = (base: string, { filter }: Search) => (filter === undefined ? base : `${base} ${filter}`)

  async function search(base: string, wanted: Search): Promise<Entry[]> {
    const { searchEntries } = await perform(call('SEARCH', shownSearch(base, wanted), false), client =>
      client.search(base, { ...searchOptions(wanted), ...sizeOf(wanted) }, controls(wanted)),
    )
    return wholeEntries(searchEntries, wanted)
  }

  function wholeEntries(found: readonly LdapEntry[], wanted: Search): Promise<Entry[]> {
    const binary = [...binaryAttributes, ...(wanted.binary ?? [])].map(name => name.toLowerCase())
    const isBinary = (name: string) => binary.includes(name.toLowerCase())
    return Promise.all(found.map(entry => wholeEntry(entry, isBinary, readPortion(wanted))))
  }

  function readPortion({ deleted = false }: Search) {
    return async (dn: string, attributes: readonly string[], binary: readonly string[]) => {
      const options = { ...searchOptions({ scope: 'base', attributes }), explicitBufferAttributes: [...binary] }
      const { searchEntries } = await perform(call('SEARCH', dn, false), client =>
        client.search(dn, options, controls({ attributes, deleted })),
      )
      return searchEntries[0]
    }
  }

  return {
    search,

    async *pages(base, wanted) {
      const spec = call('SEARCH', shownSearch(base, wanted), false)
      const client = await connection.client()
      const pages = client.searchPaginated(base, { ...searchOptions(wanted), paged: { pageSize } }, controls(wanted))
      const guard = guardPages('Active Directory', base)
      // A list that broke off cannot be gone on with: its place is known to that connection only.
      const next = async () => {
        try {
          return await pages.next()
        } catch (error) {
          const code = codeOf(error)
          if (code !== undefined) throw readRefusal(spec, code, error instanceof Error ? error.message : '')
          connection.drop(client)
          throw noAnswer(spec, new LostConnection(error))
        }
      }
      for (let page = await next(); !page.done; page = await next()) {
        yield await wholeEntries(page.value.searchEntries, wanted)
        guard.goOn({ rows: page.value.searchEntries.map(entry => entry.dn) })
      }
    },

    async read(base, wanted) {
      try {
        const [entry] = await search(base, { ...wanted, scope: 'base' })
        return entry ?? null
      } catch (error) {
        if (resultOf(error) === results.noSuchObject) return null
        throw error
      }
    },

    modify(target, changes, needs) {
      const wire = changes.map(
        ({ operation, attribute, values }) =>
          new LdapChange({
            operation,
            modification: new Attribute({ type: attribute, values: values.map(value => Buffer.from(value)) }),
          }),
      )
      return perform(call('MODIFY', target, true, needs), client => client.modify(target, wire))
    },

    rename: (target, rdn, parent, needs) =>
      perform(call('MODIFYDN', target, true, needs), client => client.modifyDN(target, `${rdn},${parent}`)),

    remove: (target, needs, options) =>
      perform(call('DELETE', target, true, needs), client =>
        client.del(target, options?.withChildren ? [new Control(treeDelete, { critical: true })] : []),
      ),

    async whoAmI() {
      const spec = call('EXTENDED', 'who am I', false)
      try {
        return (await perform(spec, client => client.exop(whoAmIOid))).value
      } catch (error) {
        if (resultOf(error) !== results.protocolError) throw error
        return undefined
      }
    },

    close: () => connection.close(),
  }
}

/** The controller's result code; undefined when no answer came. */
function codeOf(error: unknown): number | undefined {
  if (error instanceof K1Error) throw error
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : undefined
}
