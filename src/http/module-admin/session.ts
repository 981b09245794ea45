import { K1Error } from '../../core/errors.ts'
import type { OpenDeps, SeenTenant, Session, SystemAbout } from '../../core/system.ts'
import { path } from '../client.ts'
import { lazyClient } from '../lazy-client.ts'
import { createScimClient } from '../scim/client.ts'
import { createScimPeople } from '../scim/people.ts'
import type { PeopleRules } from '../scim/people-rules.ts'
import { doorOf } from './door.ts'
import { createFeatureAccess } from './feature-access.ts'
import { followKaseyaOne } from './follow-kaseyaone.ts'
import { sessionSchema } from './schemas.ts'
import { chooseTenant } from './tenant-choice.ts'

/** The rules for people, but for those that the contract itself sets. */
export type ModulePeople = Omit<PeopleRules, 'isContract' | 'follows'>

/**
 * Signs in at an endpoint that speaks the module admin contract, and settles which tenant to work in.
 * `settings` are those of `setting-fields.ts`; `people` is what distinguishes this system's people;
 * without it none are reached.
 * @throws K1Error `not-set-up`, `sign-in`, `no-tenant`, `unreachable`, `contract`, `cancelled`
 */
export async function openModuleAdmin(
  about: SystemAbout,
  settings: Readonly<Record<string, string>>,
  deps: OpenDeps,
  people?: ModulePeople,
): Promise<Session> {
  const endpoint = { id: about.id, title: about.title }
  const baseUrl = given(about, settings, 'url').replace(/\/+$/, '')
  const { password, refreshToken, tenantId } = settings
  const credentials = {
    username: given(about, settings, 'username'),
    company: given(about, settings, 'company'),
    ...(password ? { password } : {}),
    ...(refreshToken ? { refreshToken } : {}),
  }
  const door = doorOf(about, baseUrl, credentials, deps)
  const { http, signIn, tenants } = door
  /** What others use as well is closed after all of them. */
  const leave = () => (deps.share === undefined ? door.close() : undefined)

  try {
    await door.start()
    const tenant = await chooseTenant(endpoint, await tenants(), tenantId, deps.prompt)
    const scimUrl = `${baseUrl}${path`/tenants/${tenant.id}/scim/v2`.text}`
    const scimHttp = lazyClient(() => door.connect(scimUrl, deps.http))
    const scim = createScimClient(scimHttp, about.title, { isContract: true })
    const features = about.isModule ? createFeatureAccess({ endpoint, http, scim, tenantId: tenant.id }) : undefined
    const { clock } = deps
    const follows = features && followKaseyaOne(about.title, features, clock)
    const rules: PeopleRules | undefined = people && {
      ...people,
      isContract: true,
      ...(follows ? { follows } : {}),
    }
    return {
      tenantSetting: 'tenantId',
      tenants,
      check: () => check(tenant),
      ...(features ? { features } : {}),
      ...(rules
        ? { people: createScimPeople({ client: scim, title: about.title, reach: 'contract', clock, rules }) }
        : {}),
      keep: () => ({ refreshToken: signIn.refreshToken() }),
      async close() {
        await Promise.all([leave(), scimHttp.close()])
      },
    }
  } catch (error) {
    await leave()
    throw error
  }

  async function check(tenant: SeenTenant) {
    const { body } = await http.request({ method: 'GET', path: path`/session`, answer: sessionSchema })
    const missing = [...body.missing]
    if (about.isModule && !body.moduleAdmin && missing.length === 0) {
      missing.push(`${body.username} is not an administrator of ${about.title}.`)
    }
    return { name: body.username, email: body.email, tenant: tenant.name, missing }
  }
}

function given(about: SystemAbout, settings: Readonly<Record<string, string>>, key: string): string {
  const value = settings[key]
  if (value !== undefined && value !== '') return value
  throw new K1Error('not-set-up', `The connection to ${about.title} has no ${key}.`, {
    hint: `Set it up: k1ctl connect ${about.id}`,
    facts: { setting: key },
  })
}
