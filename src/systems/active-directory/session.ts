import type { Identity, OpenDeps, Session } from '../../core/system.ts'
import { openDirectory } from './directory.ts'
import { readDomain } from './domain.ts'
import { createGroups } from './groups.ts'
import { createPeople } from './people.ts'
import { createProtection } from './protection.ts'
import { missingRights } from './rights.ts'
import { readSettings } from './settings.ts'
import type { User } from './user.ts'
import { createUsers } from './users.ts'

/**
 * Signs in to one domain controller, which is the one for the whole session.
 * @throws K1Error `not-set-up`, `usage`, `unreachable`, `sign-in`, `contract`
 */
export async function openSession(given: Readonly<Record<string, string>>, deps: OpenDeps): Promise<Session> {
  const settings = readSettings(given)
  const directory = await openDirectory(settings, deps.clock, deps.http)
  try {
    const domain = await readDomain(directory)
    const users = createUsers(directory, domain)
    const groups = createGroups(directory, domain)
    // By its principal name first, as the controller does it, too.
    let own: Promise<User | undefined> | undefined
    const self = (): Promise<User | undefined> => {
      own ??= users.find(settings.username).then(found => found.find(isByPrincipalName) ?? found[0])
      return own
    }
    const isByPrincipalName = (user: User) => user.principalName.toLowerCase() === settings.username.toLowerCase()
    const protection = createProtection({ directory, domain, groups }, async () => (await self())?.id)

    return {
      async check(): Promise<Identity> {
        const me = await self()
        return {
          name: me?.login ?? settings.username,
          email: me?.email ?? '',
          tenant: domain.controller === '' ? domain.name : `${domain.name}, ${domain.controller}`,
          missing: await missingRights(directory, domain, settings, me?.dn),
        }
      },
      people: createPeople({ directory, domain, users, groups, protection, settings, clock: deps.clock }),
      close: () => directory.close(),
    }
  } catch (error) {
    await directory.close()
    throw error
  }
}
