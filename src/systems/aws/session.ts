import { K1Error } from '../../core/errors.ts'
import { once } from '../../core/once.ts'
import type { OpenDeps, Session } from '../../core/system.ts'
import type { CallGround } from './call.ts'
import { check } from './check.ts'
import { chainOf, type KeySource, kept } from './credentials.ts'
import { partitionOf } from './endpoints.ts'
import { createIam } from './iam.ts'
import { createIdentityCenter, findInstance, type IdentityCenter } from './identity-center.ts'
import { openJsonClient } from './json-client.ts'
import { keptFor } from './kept-for.ts'
import { createPeople } from './people.ts'
import { openQueryClient } from './query-client.ts'
import { readSettings } from './settings.ts'
import { assumeRole, type Caller, readCaller } from './sts.ts'

/**
 * Opens what is needed to talk; the first request is sent by whoever asks something.
 * @throws K1Error `not-set-up`, `usage`
 */
export function openSession(given: Readonly<Record<string, string>>, deps: OpenDeps): Session {
  const settings = readSettings(given)
  const { clock } = deps
  const { region, url, source, role, identityCenter, iamUserName: rule } = settings
  const pace = { until: 0 }
  const ground = (keys: KeySource): CallGround => ({ deps, region, keys, pace, ...(url === undefined ? {} : { url }) })

  const first: KeySource =
    source.auth === 'keys' ? async () => source.keys : kept(chainOf({ ...source, region }), clock)
  const firstSts = openQueryClient(ground(first), 'sts')
  const keys = role === undefined ? first : kept(() => assumeRole(firstSts, role), clock)
  const sts = role === undefined ? firstSts : openQueryClient(ground(keys), 'sts')
  const iamClient = openQueryClient(ground(keys), 'iam')
  const sso = openJsonClient(ground(keys), 'sso')
  const store = openJsonClient(ground(keys), 'identitystore')
  const iam = createIam(iamClient, partitionOf(region).id)

  const caller = once<Caller>(() => readCaller(sts))
  // Behind a role stands whoever assumed it: both are k1ctl itself.
  const callers = once<Caller[]>(async () =>
    role === undefined ? [await caller()] : Promise.all([caller(), readCaller(firstSts)]),
  )
  // Looked for means that it has to be found: in a wrong region people would be overlooked without a word.
  const center = once<IdentityCenter | null>(async () => {
    if (identityCenter === 'off') return null
    const instance = await findInstance(sso, identityCenter.instanceArn)
    if (instance !== null) return createIdentityCenter({ sso, store }, instance)
    throw new K1Error('not-set-up', `There is no IAM Identity Center in ${region} that this identity sees.`, {
      hint: 'Give the region that it is in; where there is none, connect with identityCenter off.',
      facts: { setting: 'region' },
    })
  })

  // Each person of a run asks who signs in.
  const identity = keptFor(
    async () => check({ iam, caller: await caller(), center: identityCenter === 'off' ? 'off' : center }),
    clock,
  )

  return {
    check: identity,
    people: createPeople({ iam, center, callers, rule, deps }),
    async close() {
      await Promise.all([...new Set([firstSts, sts, iamClient, sso, store])].map(client => client.close()))
    },
  }
}
