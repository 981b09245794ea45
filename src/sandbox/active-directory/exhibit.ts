import { hasEstate } from '../estate.ts'
import type { Exhibit, SandboxConnection, Simulator, SimulatorDeps } from '../simulator.ts'
import type { World, WorldTenant } from '../world.ts'
import { createIdentity, type Identity } from './certificate.ts'
import { controlDirectory } from './control.ts'
import { DomainController } from './controller.ts'
import { domainOf, operatorLogin, operatorPassword } from './domain.ts'
import { openPort } from './port.ts'
import { directoryQuirks } from './quirks.ts'
import { readValues } from './read-entry.ts'
import { attributeAbout } from './schema.ts'
import { valueText } from './seen-operation.ts'
import type { Entry, Tree } from './tree.ts'

/** The Active Directory of the estate's tenant: LDAP over TLS on a port of its own, and nothing below its HTTP path. */
export const activeDirectoryExhibit: Exhibit = {
  quirks: directoryQuirks,
  isEarly: true,
  create: createActiveDirectory,
  connect: connectOperator,
}

/** By host. Whoever connects has to know the authority of the certificate that the port shows; making one takes time. */
const identities = new Map<string, Identity>()

function createActiveDirectory(world: World, deps: SimulatorDeps): Simulator {
  let made: DomainController | undefined
  // Its people are made when somebody first comes.
  const controller = () => {
    made ??= new DomainController(world, deps)
    return made
  }
  return {
    handle: () => ({ status: 404, body: 'Active Directory speaks LDAP, on a port of its own.' }),
    state() {
      const { domain, tree } = controller()
      return { domain: domain.dn, entries: tree.all().map(one => shown(tree, one)) }
    },
    reset: () => made?.reset(),
    control: request => controller().quirks.control(request) ?? controlDirectory(controller(), request),
    listen: stand => openPort(controller, identityOf(world), stand),
  }
}

function connectOperator(tenant: WorldTenant, world: World, url: string): SandboxConnection | null {
  if (!hasEstate(tenant)) return null
  const { dns, dn } = domainOf(world)
  return {
    settings: {
      url,
      username: `${operatorLogin}@${dns}`,
      ca: identityOf(world).ca,
      leaversOu: `OU=Leavers,${dn}`,
    },
    secrets: { password: operatorPassword },
  }
}

function identityOf(world: World): Identity {
  const host = `dc1.${domainOf(world).dns}`
  // The machine's clock, not the sandbox's: TLS goes by it.
  const identity = identities.get(host) ?? createIdentity(host, new Date())
  identities.set(host, identity)
  return identity
}

/** All attributes of an entry as text; passwords are not among them. */
function shown(tree: Tree, entry: Entry): { dn: string; attributes: Record<string, string[]> } {
  const names = [...entry.attributes.keys(), 'memberOf']
  const attributes = names.flatMap(name => {
    const about = attributeAbout(name)
    const values = about === undefined ? [] : readValues(tree, entry, about).map(value => valueText(name, value))
    return values.length > 0 ? [[name, values] as const] : []
  })
  return { dn: tree.dnOf(entry), attributes: Object.fromEntries(attributes) }
}
