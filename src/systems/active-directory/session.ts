import { once } from '../../core/once.ts'
import type { Identity, OpenDeps, Session } from '../../core/system.ts'
import { type Directory, openDirectory } from './directory.ts'
import { type Domain, readDomain } from './domain.ts'
import { createGroups } from './groups.ts'
import { domainOf, sidText } from './ids.ts'
import { createPeople } from './people.ts'
import { createProtection } from './protection.ts'
import { missingRights } from './rights.ts'
import { readSettings } from './settings.ts'
import type { User } from './user.ts'
import { createUsers, type Users } from './users.ts'

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
    // Whatever was typed (a log-in, a DN, `name@NETBIOS`, a SID), the controller knows who signed in.
    const self = once(() => readSelf(directory, domain, users))
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
      people: createPeople({ directory, domain, users, groups, protection, settings, now: () => deps.clock.now() }),
      close: () => directory.close(),
    }
  } catch (error) {
    await directory.close()
    throw error
  }
}

/**
 * Who signed in, whatever was typed: the SIDs of the connection (`tokenGroups` of the root, MS-ADTS 3.1.1.3.2.29), of
 * which one is the account's own; else "Who am I?" (RFC 4532), which Samba does not have. Undefined where the controller
 * tells neither, or it is no account of the domain.
 */
async function readSelf(directory: Directory, domain: Domain, users: Users): Promise<User | undefined> {
  const root = await directory.read('', { attributes: ['tokenGroups'] })
  const sids = root?.allBytes('tokenGroups').flatMap(bytes => sidText(bytes) ?? []) ?? []
  const own = sids.filter(sid => domainOf(sid) === domain.sid)
  if (own.length > 0) return (await users.withSids(own))[0]
  const login = /^u:(.+\\.+)$/.exec((await directory.whoAmI()) ?? '')?.[1]
  return login === undefined ? undefined : (await users.find(login))[0]
}
