import { K1Error } from '../../core/errors.ts'
import { partOf } from '../../core/parts.ts'
import { rememberSecret } from '../../core/redact.ts'
import type { OpenDeps, Session } from '../../core/system.ts'
import { createHttpClient } from '../../http/client.ts'
import { about, pace } from './about.ts'
import { createBmsClient } from './client.ts'
import { createFeatureAccess } from './feature-access.ts'
import { createPeopleAccess } from './people-access.ts'
import { createSignIn } from './sign-in.ts'
import { createTicketAccess } from './tickets.ts'

/** It declares no headers for its limit, so it is counted here. */
const rate = { requests: pace.requests, perMs: pace.perMs, by: 'endpoint' } as const

/** Signs in to BMS. @throws K1Error `not-set-up`, `sign-in`, `unreachable`, `contract` */
export async function openSession(settings: Readonly<Record<string, string>>, deps: OpenDeps): Promise<Session> {
  const { url, username, company, password } = readSettings(settings)
  const mfaCode = settings.mfaCode === undefined || settings.mfaCode === '' ? undefined : settings.mfaCode
  rememberSecret(password)
  if (mfaCode !== undefined) rememberSecret(mfaCode)

  const http = createHttpClient({
    baseUrl: url,
    system: about.title,
    http: deps.http,
    clock: deps.clock,
    rate: { ...rate, of: `${company}\\${username}` },
    async authorize(headers) {
      headers.authorization = `Bearer ${await signIn.token()}`
    },
    onUnauthorized: ({ authorization = '' }) => signIn.renew(authorization.replace('Bearer ', '')),
  })
  const signIn = createSignIn(http, { username, company, password, mfaCode }, deps.clock, deps.prompt)
  try {
    await signIn.token()
  } catch (error) {
    await http.close()
    throw error
  }
  const client = createBmsClient(http)

  const features = createFeatureAccess(client)
  return {
    features,
    people: createPeopleAccess(client, features, deps),
    tickets: createTicketAccess(client, deps.clock),
    async check() {
      const info = await client.userInfo()
      const { error } = await partOf(client.settings())
      const isRefused = info.isAdmin === false || error?.kind === 'forbidden'
      const untold = error
        ? [`Whether ${username} may read the KaseyaOne settings could not be tried: ${error.message}`]
        : []
      const missing = isRefused ? [notAdmin(username)] : untold
      const tenant = info.businessName === '' ? company : info.businessName
      return { name: username, email: info.emailAddress, tenant, missing }
    },
    close: () => http.close(),
  }
}

type Needed = 'url' | 'username' | 'company' | 'password'

function readSettings(settings: Readonly<Record<string, string>>): Record<Needed, string> {
  const missing: string[] = []
  const need = (key: Needed): string => {
    const value = settings[key] ?? ''
    if (value.trim() === '') missing.push(key)
    return value
  }
  const read = { url: need('url'), username: need('username'), company: need('company'), password: need('password') }
  if (missing.length === 0) return read
  throw new K1Error('not-set-up', `The connection to BMS lacks ${missing.join(', ')}.`, {
    hint: 'Run k1ctl connect bms.',
    facts: { missing },
  })
}

function notAdmin(username: string): string {
  return `${username} is not a BMS administrator: the KaseyaOne settings can be read and changed by administrators only.`
}
