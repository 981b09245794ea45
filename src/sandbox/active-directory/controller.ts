import { QuirkSwitches } from '../quirk-switches.ts'
import type { SimulatorDeps } from '../simulator.ts'
import type { World } from '../world.ts'
import { Access } from './access.ts'
import { type DomainName, domainOf } from './domain.ts'
import { LdapFault } from './ldap-fault.ts'
import { directoryQuirks } from './quirks.ts'
import { seedDomain } from './seed.ts'
import { seedPeople } from './seed-people.ts'
import type { Session } from './session.ts'
import { generalizedTime } from './time.ts'
import { type Entry, setTexts, Tree } from './tree.ts'

/** The limits of a domain controller (MS-ADTS 3.1.1.3.4.6: MaxPageSize and MaxValRange). */
export interface Limits {
  page: number
  values: number
}

/** A domain controller: the domain, and who may do what in it. */
export class DomainController {
  readonly domain: DomainName
  readonly deps: SimulatorDeps
  readonly #world: World
  tree: Tree
  access: Access
  limits: Limits = { page: 1000, values: 1500 }
  readonly quirks = new QuirkSwitches(directoryQuirks)
  /** What was there before each change, for a controller that has not heard of it. */
  before: { at: number; tree: Tree }[] = []
  usn = 0

  constructor(world: World, deps: SimulatorDeps) {
    this.#world = world
    this.deps = deps
    this.domain = domainOf(world)
    this.tree = new Tree(this.domain.parts)
    this.access = new Access(this.tree)
    this.reset()
  }

  /** Back to the seed. Who is signed in stays so: the seed gives everybody the same GUID again. */
  reset(): void {
    this.tree = new Tree(this.domain.parts)
    this.access = new Access(this.tree)
    this.limits = { page: 1000, values: 1500 }
    this.quirks.clear()
    this.before = []
    const { nursery, grounds } = seedDomain(this.tree, this.domain, this.deps.now())
    seedPeople(this.#world, this.domain, nursery, grounds)
    this.usn = nursery.usn
  }

  /** Who asks. @throws LdapFault 1 when nobody has signed in, as Active Directory does */
  signedIn({ who }: Session): Entry {
    const entry = who === null ? undefined : this.tree.get(who)
    if (entry) return entry
    const comment = 'In order to perform this operation a successful bind must be completed on the connection.'
    throw new LdapFault('operationsError', `000004DC: LdapErr: DSID-0C090A5C, comment: ${comment}, data 0, v4563`)
  }

  /** Notes on the entry that it was written. */
  touch(...entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.usn += 1
      setTexts(entry, 'whenChanged', generalizedTime(this.deps.now()))
      setTexts(entry, 'uSNChanged', String(this.usn))
    }
  }
}
