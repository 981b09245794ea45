import type { SimulatorDeps } from '../simulator.ts'
import type { World } from '../world.ts'
import { Access } from './access.ts'
import type { Outcome } from './answer.ts'
import { BerError } from './ber.ts'
import { bind } from './bind.ts'
import { type Control, supportedControls } from './controls.ts'
import { deleteEntry } from './delete-entry.ts'
import { type DomainName, domainOf } from './domain.ts'
import { extended } from './extended.ts'
import { codes, LdapFault } from './ldap-fault.ts'
import { modify } from './modify.ts'
import { moveEntry } from './move-entry.ts'
import type { Operation } from './request.ts'
import { search } from './search.ts'
import { seedDomain } from './seed.ts'
import { seedPeople } from './seed-people.ts'
import { generalizedTime } from './time.ts'
import { type Entry, setTexts, Tree } from './tree.ts'

/** One connection, as the operations on it see it. */
export interface Session {
  /** GUID of whoever signed in; null for nobody. */
  who: string | null
  secure: boolean
  /** What of a search is still to be given, by cookie. */
  pages: Map<string, { guids: string[]; deleted: boolean }>
}

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
    const { nursery, grounds } = seedDomain(this.tree, this.domain, this.deps.now())
    seedPeople(this.#world, this.domain, nursery, grounds)
    this.usn = nursery.usn
  }

  /** Carries it out, or says why not; nothing of what fails is kept. */
  perform(session: Session, operation: Operation, controls: readonly Control[]): Outcome {
    try {
      const unknown = controls.find(({ oid, critical }) => critical && !supportedControls.includes(oid))
      if (unknown) throw new LdapFault('unavailableCriticalExtension', `00002040: SvcErr: no control ${unknown.oid}`)
      return this.#perform(session, operation, controls)
    } catch (error) {
      if (error instanceof BerError) return { code: codes.protocolError, message: error.message }
      if (!(error instanceof LdapFault)) throw error
      return { code: error.code, message: error.message, matchedDn: error.matchedDn }
    }
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

  #perform(session: Session, operation: Operation, controls: readonly Control[]): Outcome {
    switch (operation.kind) {
      case 'bind':
      case 'bind-sasl':
        return bind(this, session, operation)
      case 'search':
        return search(this, session, operation, controls)
      case 'modify':
        return modify(this, session, operation, controls)
      case 'modify-dn':
        return moveEntry(this, session, operation)
      case 'delete':
        return deleteEntry(this, session, operation, controls)
      case 'extended':
        return extended(this, session, operation)
      default:
        this.signedIn(session)
        // Accounts are made elsewhere; an offboarding adds nothing.
        return { code: codes.unwillingToPerform, message: '00002035: This domain controller does not do that.' }
    }
  }
}
