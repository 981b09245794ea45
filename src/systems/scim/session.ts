import { K1Error } from '../../core/errors.ts'
import { partOf } from '../../core/parts.ts'
import { rememberSecret } from '../../core/redact.ts'
import type { Identity, OpenDeps, Session } from '../../core/system.ts'
import { createHttpClient } from '../../http/client.ts'
import { createScimClient, type ScimClient } from '../../http/scim/client.ts'
import { readScimError } from '../../http/scim/error.ts'
import { createScimPeople } from '../../http/scim/people.ts'
import { scimAbout as about } from './about.ts'
import { scimPeople as rules } from './people.ts'

/**
 * There is nothing to sign in to: the token goes with every request, and the first one shows what it is worth.
 * @throws K1Error `not-set-up`, `usage` for a URL that is none
 */
export async function openSession(settings: Readonly<Record<string, string>>, deps: OpenDeps): Promise<Session> {
  const baseUrl = given(settings, 'url').replace(/\/+$/, '')
  const token = given(settings, 'token').replace(/^bearer\s+/i, '')
  rememberSecret(token)
  const { clock, http: options } = deps
  // Several services may be connected, so sentences name the host.
  const { host, pathname } = readUrl(baseUrl)
  const title = `SCIM service ${host}`
  const http = createHttpClient({
    baseUrl,
    system: title,
    http: options,
    clock,
    authorize(headers) {
      headers.authorization = `Bearer ${token}`
    },
    readError: (status, body) => readScimError(title, status, body),
  })
  const client = createScimClient(http, title)

  return {
    check: () =>
      check(client, { name: host, email: '', tenant: `${host}${pathname}`.replace(/\/+$/, ''), missing: [] }),
    people: createScimPeople({ client, title, reach: 'api', clock, rules }),
    close: () => http.close(),
  }
}

/**
 * SCIM has no "who am I": the host stands for it. What the token may do shows only by doing it; reading is tried. Nobody
 * is found or kept in by what comes of that: only who is no longer answered, or let in, or asks where no SCIM is, learns it
 * here.
 */
async function check(client: ScimClient, identity: Identity): Promise<Identity> {
  const { error } = await partOf(client.totalUsers(1))
  if (error === undefined) return identity
  const isElsewhere = error.kind === 'contract' || error.facts.status === 404
  if (isElsewhere || ['sign-in', 'unreachable'].includes(error.kind)) throw error
  const what = error.kind === 'forbidden' ? 'The token may not read users' : 'Reading users could not be tried'
  return { ...identity, missing: [`${what}: ${error.message}`] }
}

function given(settings: Readonly<Record<string, string>>, key: string): string {
  const value = (settings[key] ?? '').trim()
  if (value !== '') return value
  throw new K1Error('not-set-up', `The connection to the SCIM service has no ${key}.`, {
    hint: `Set it up: k1ctl connect ${about.id} --name NAME`,
    facts: { setting: key },
  })
}

/** Whatever is wrong with the URL, the transport tells with better words. */
function readUrl(text: string): { host: string; pathname: string } {
  try {
    return new URL(text)
  } catch {
    return { host: 'without a URL', pathname: '' }
  }
}
