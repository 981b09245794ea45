import { K1Error } from '../../src/core/errors.ts'
import type { Clock, SignInPrompt } from '../../src/core/ports.ts'
import type { OpenDeps } from '../../src/core/system.ts'
import type { Operator, World, WorldPerson, WorldTenant } from '../../src/sandbox/world.ts'

/** A small world: two tenants, and operators with every kind of log-in. */

function operator(username: string, more: Partial<Operator> = {}): Operator {
  return {
    username,
    email: `${username}@msp.example`,
    displayName: username.toUpperCase(),
    password: `${username}-pass "word" \\ ü`,
    challenge: 'none',
    kaseyaOneRole: 'Admin',
    moduleRoles: { graphus: 'Partner Administrator', 'datto-partner-portal': 'Security Admin', kaseyaone: 'Admin' },
    ...more,
  }
}

function person(id: string, givenName: string, familyName: string, more: Partial<WorldPerson> = {}): WorldPerson {
  return {
    id,
    givenName,
    familyName,
    email: `${givenName}.${familyName}@northwind.example`.toLowerCase(),
    active: true,
    kaseyaOneRole: 'User',
    kaseyaOneGroups: ['Help desk'],
    graphusRole: 'Analyst',
    partnerPortalRole: 'Tech',
    ...more,
  }
}

const linked = {
  linked: true,
  logIn: true,
  requireLogIn: false,
  userCreation: false,
  deprovisioning: false,
  defaultRoleId: null,
  userExceptionIds: [],
}
const unlinked = { ...linked, linked: false, logIn: false }

function tenant(id: string, name: string, people: WorldPerson[], seed: typeof linked): WorldTenant {
  return {
    id,
    name,
    domains: [`${name.toLowerCase()}.example`],
    people,
    bms: null,
    graphus: seed,
    'datto-partner-portal': seed,
    unconnected: [],
  }
}

/** The e-mail of a person that no filter survives unescaped. */
export const oddEmail = 'o"neil\\ or id pr (x)@northwind.example'

export const world: World = {
  organization: { id: 'o-1', name: 'Example MSP' },
  operators: [
    operator('amy'),
    operator('sam', { tenantIds: ['t-1'] }),
    operator('tim', { challenge: 'two-factor', code: '492817', tenantIds: ['t-1'] }),
    operator('pia', { challenge: 'push', code: '118822', tenantIds: ['t-1'] }),
    operator('ann', {
      kaseyaOneRole: 'User',
      moduleRoles: { graphus: 'Analyst', 'datto-partner-portal': 'Tech', kaseyaone: 'User' },
      tenantIds: ['t-1'],
    }),
    operator('nil', { tenantIds: [] }),
  ],
  tenants: [
    tenant(
      't-1',
      'Northwind',
      [
        person('p-1', 'Bea', 'Boss', {
          kaseyaOneRole: 'Admin',
          graphusRole: 'Admin',
          partnerPortalRole: 'Security Admin',
        }),
        person('p-2', 'Cal', 'Carver'),
        person('p-3', 'Dee', 'Dorn', { active: false }),
        person('p-4', 'Odd', "O'Neil", { email: oddEmail }),
        person('p-5', 'Pat', 'Prime', { partnerPortalPrimary: true }),
        ...Array.from({ length: 240 }, (_, i) => person(`p-${1000 + i}`, 'Crowd', `Member${i}`)),
      ],
      linked,
    ),
    tenant('t-2', 'Fabrikam', [person('p-9', 'Fay', 'Fox', { email: 'fay.fox@fabrikam.example' })], unlinked),
  ],
}

/** Real time that sleeping moves on at once: a poll of a second takes a few milliseconds. */
export function testClock(): Clock & { skip(ms: number): void } {
  let ahead = 0
  return {
    now: () => new Date(Date.now() + ahead),
    skip(ms) {
      ahead += ms
    },
    async sleep(ms, signal) {
      await new Promise<void>((resolve, reject) => {
        const stop = () => reject(new K1Error('cancelled', 'Cancelled.'))
        if (signal?.aborted) stop()
        signal?.addEventListener('abort', stop, { once: true })
        setTimeout(resolve, 5)
      })
      ahead += ms
    },
  }
}

/** A person at the terminal who must not be asked anything but what a test expects. */
export function prompt(answers: Partial<SignInPrompt> = {}): SignInPrompt {
  const unexpected = (what: string) => () => Promise.reject(new Error(`Unexpected question: ${what}`))
  return { code: unexpected('code'), push: unexpected('push'), tenant: unexpected('tenant'), ...answers }
}

export function deps(clock: Clock, asked?: SignInPrompt): OpenDeps {
  return { clock, http: { env: {}, deadlineMs: 5000 }, ...(asked ? { prompt: asked } : {}) }
}

export function settingsOf(url: string, username: string, more: Record<string, string> = {}): Record<string, string> {
  const password = world.operators.find(one => one.username === username)?.password ?? ''
  return { url, username, company: world.organization.name, password, ...more }
}

/** What was thrown; fails when nothing was. */
export async function failure(work: Promise<unknown>): Promise<K1Error> {
  try {
    await work
  } catch (error) {
    if (error instanceof K1Error) return error
    throw error
  }
  throw new Error('It did not fail.')
}
