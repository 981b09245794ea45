import type { K1Error } from '../../core/errors.ts'
import { partOf } from '../../core/parts.ts'
import type { Identity } from '../../core/system.ts'
import type { Administrators } from './administrators.ts'
import type { JumpcloudClient } from './client.ts'
import type { Administrator } from './client-provider.ts'
import type { Settings } from './settings.ts'

export interface RightsFacts {
  client: JumpcloudClient
  administrators: Administrators
  settings: Settings
  /** Whose API key it is; undefined for a service account. */
  self(): Promise<Administrator | undefined>
  /** Of the credential, for sentences: "API key". */
  name: string
}

type Probe = readonly [ask: () => Promise<unknown>, right: string]

/**
 * Who the credential is, and what it may read: rights to write show only by writing. Whatever of this does not answer
 * keeps nobody from being found: it is said, and the goals that stand on it say so themselves.
 * @throws K1Error where nothing is answered at all, or the credential itself is refused
 */
export async function checkRights({ client, administrators, settings, self, name }: RightsFacts): Promise<Identity> {
  const { orgId } = settings
  const [seen, me] = await Promise.all([
    partOf(orgId === undefined ? client.organizations() : client.organization(orgId).then(one => [one])),
    partOf(self()),
  ])
  if (seen.error && isOfCredential(seen.error)) throw seen.error
  const organizations = seen.value ?? []
  const tenant = organizations[0]?.name ?? orgId ?? ''
  const identity = { name, email: me.value?.email ?? '', tenant }
  if (orgId === undefined && organizations.length > 1) {
    const hint = 'set orgId, or run k1ctl tenant import jumpcloud'
    const missing = [`The ${name} sees ${organizations.length} organizations, and the connection names none: ${hint}.`]
    return { ...identity, tenant: `${organizations.length} organizations`, missing }
  }
  const probes = probesOf(client, administrators, settings)
  const answers = await Promise.all(probes.map(async ([ask, right]) => [right, (await partOf(ask())).error] as const))
  const failures = answers.flatMap(([, error]) => error ?? [])
  const refused = failures.find(isOfCredential)
  if (refused) throw refused
  if (seen.error && failures.length === answers.length) throw seen.error
  return {
    ...identity,
    missing: [
      ...(seen.error ? [`What the organization is called could not be read: ${seen.error.message}`] : []),
      ...(me.error
        ? [`JumpCloud does not tell whose API key it is, so k1ctl cannot know that person: ${me.error.message}`]
        : []),
      ...answers.flatMap(([right, error]) => (error ? [sentenceOf(name, right, error)] : [])),
    ],
  }
}

/** The credential or the connection itself is wrong: nothing else will go either. */
function isOfCredential({ kind }: K1Error): boolean {
  return kind === 'sign-in' || kind === 'not-set-up'
}

function sentenceOf(name: string, right: string, { kind, message }: K1Error): string {
  return kind === 'forbidden'
    ? `The ${name} may not ${right}: grant it in the Admin Portal under Settings > Administrators.`
    : `Whether the ${name} may ${right} could not be tried: ${message}`
}

function probesOf(client: JumpcloudClient, administrators: Administrators, { orgId, providerId }: Settings): Probe[] {
  const probes: Probe[] = [
    [() => client.probe('users'), 'read users (role Administrator, or one with Users)'],
    [() => client.probe('groups'), 'read user groups (role Administrator, or one with Groups)'],
    [() => client.probe('devices'), 'read devices (role Administrator, or one with Systems)'],
    [() => client.probe('mdm'), 'read Apple MDM, which --devices lock and erase need for Macs (role Administrator)'],
  ]
  if (orgId !== undefined) {
    probes.push([() => client.administratorsOf(orgId), 'read who administers the organization (role Administrator)'])
  }
  if (providerId !== undefined) {
    probes.push([administrators.ofProvider, 'read the administrators of the provider'])
  }
  return probes
}
