import type { EstateGroup, EstatePerson } from '../estate.ts'
import { estatePeople } from '../estate.ts'
import type { World } from '../world.ts'
import { workstationBit } from './account-control.ts'
import { type DomainName, passwordOf } from './domain.ts'
import type { Nursery } from './nursery.ts'
import type { Grounds } from './seed.ts'
import { type Entry, setTexts } from './tree.ts'

const departments = ['Workshop', 'Sales', 'Office', 'Dispatch']

/** Everybody of the estate, with their groups and their Windows machines, and what else a directory collects. */
export function seedPeople(world: World, domain: DomainName, nursery: Nursery, grounds: Grounds): void {
  const groups = new Map<string, Entry>()
  const groupFor = (group: EstateGroup) => {
    const known = groups.get(group.id)
    const made = known ?? makeGroup(nursery, grounds, group)
    groups.set(group.id, made)
    return made
  }
  const made = new Map<string, Entry>()
  const taken = new Set<string>()
  for (const [index, one] of estatePeople(world).entries()) {
    const name = freeName(commonName(one, index), one.login, taken)
    const entry = nursery.user(grounds.people, name, attributesOf(one, index, domain))
    made.set(one.person.email, entry)
    // "Everyone" follows a rule of the cloud; a directory has no such groups.
    for (const group of one.groups) if (group.kind !== 'dynamic') nursery.join(groupFor(group), entry)
    if (one.admin) nursery.join(grounds.domainAdmins, entry)
    const manager = one.manager === undefined ? undefined : made.get(one.manager)
    if (manager) setTexts(entry, 'manager', manager.guid)
    for (const { kind, name: machine } of one.devices) {
      if (kind === 'windows') nursery.computer(grounds.computers, machine, String(workstationBit), 515)
    }
    // A phone that fetched mail through Exchange leaves this below the person, who is no leaf any more.
    if (index === 6) nursery.folder(entry, 'CN', 'ExchangeActiveSyncDevices', 'msExchActiveSyncDevices')
  }
  const workshop = groups.get('workshop')
  if (workshop) {
    const plant = nursery.group(grounds.groups, 'Plant', { groupType: '-2147483646', sAMAccountName: 'plant' })
    nursery.join(plant, workshop)
  }
  nursery.contact(grounds.people, 'Quarry Road Concrete', {
    displayName: 'Quarry Road Concrete',
    mail: 'orders@quarryroad.example',
  })
}

function makeGroup(nursery: Nursery, grounds: Grounds, { id, name, kind }: EstateGroup): Entry {
  // Global; with the first bit it carries rights, without it is a list of addresses.
  const groupType = kind === 'mail' ? '2' : '-2147483646'
  return nursery.group(grounds.groups, name, { sAMAccountName: id, groupType })
}

function attributesOf({ person, login, admin }: EstatePerson, index: number, { dns }: DomainName) {
  return {
    sAMAccountName: login,
    userPrincipalName: person.email,
    givenName: person.givenName,
    sn: person.familyName,
    displayName: `${person.givenName} ${person.familyName}`,
    mail: person.email,
    proxyAddresses: [`SMTP:${person.email}`, `smtp:${login}@mail.${dns}`],
    department: departments[index % departments.length] ?? 'Office',
    description: `Joined ${2011 + (index % 14)}`,
    telephoneNumber: `+1 555 01${String(index).padStart(2, '0')}`,
    ...(index % 2 === 0 ? { mobile: `+1 555 02${String(index).padStart(2, '0')}` } : {}),
    ...(admin ? { adminCount: '1' } : {}),
    password: passwordOf(login),
  }
}

/** Some names are such that a program which does not escape them breaks. */
function commonName({ person: { givenName, familyName } }: EstatePerson, index: number): string {
  switch (index) {
    case 3:
      return `${familyName}, ${givenName}`
    case 4:
      return `${givenName} "Ace" ${familyName}`
    case 5:
      return `${givenName} + ${familyName}`
    case 6:
      return `#${givenName} Müller-${familyName}`
    case 7:
      return `${familyName}\\${givenName} (*)`
    default:
      return `${givenName} ${familyName}`
  }
}

function freeName(name: string, login: string, taken: Set<string>): string {
  const free = taken.has(name.toLowerCase()) ? `${name} (${login})` : name
  taken.add(free.toLowerCase())
  return free
}
