import type { Crowd } from './crowd.ts'
import { isLeaver, leaver } from './seed-leavers.ts'
import { awkwardPeople, familyNames, givenNames, groupNames } from './seed-names.ts'
import type { SeedRandom } from './seed-random.ts'
import type { WorldPerson } from './world.ts'

/** The people that a demo can name, all of the first tenant. Their accounts are active in all four systems. */
export const northwindPeople = {
  breakGlass: 'amy.breakglass@northwind-dental.example',
  itAdmin: 'it.admin@northwind-dental.example',
  leaver: 'priya.sharma@northwind-dental.example',
  apostrophe: "sean.o'malley@northwind-dental.example",
  plus: 'dana.reed+billing@northwind-dental.example',
  inactive: 'tom.hargreaves@northwind-dental.example',
  /** Inactive in KaseyaOne, still active in BMS and Graphus. */
  orphan: 'daniel.okafor@northwind-dental.example',
} as const

/**
 * Fourteen people of the first tenant with an account in every system, for offboarding. Some are awkward by name; one is an
 * administrator with others left, one is in two groups, two log in to Huddle under another name.
 */
export const northwindLeavers = [
  "siobhan.o'brien@northwind-dental.example",
  'dana.whitfield+billing@northwind-dental.example',
  'anne-marie.smith-jones@northwind-dental.example',
  'taro.yamada@northwind-dental.example',
  'eric.hansen@northwind-dental.example',
  'dominic.morgan@northwind-dental.example',
  'rebecca.lowe@northwind-dental.example',
  'liam.lambert@northwind-dental.example',
  'nora.meyer@northwind-dental.example',
  'grace.palmer@northwind-dental.example',
  'jamal.sharma@northwind-dental.example',
  'leah.jackson@northwind-dental.example',
  'stella.wallace@northwind-dental.example',
  'henry.becker@northwind-dental.example',
] as const

/** One person who works for two resellers with one e-mail. */
export const severalResellersEmail = 'marta.ellison@independent-it.example'

const named: readonly Omit<WorldPerson, 'id' | 'bmsEmployeeId'>[] = [
  {
    givenName: 'Amy',
    familyName: 'Breakglass',
    email: northwindPeople.breakGlass,
    active: true,
    kaseyaOneRole: 'Root Admin',
    kaseyaOneGroups: ['Managers'],
    graphusRole: 'Admin',
    partnerPortalRole: 'Administrator',
    bmsSecurityRoleId: 1,
  },
  {
    givenName: 'Ivy',
    familyName: 'Tran',
    email: northwindPeople.itAdmin,
    active: true,
    kaseyaOneRole: 'Admin',
    kaseyaOneGroups: ['Technicians'],
    graphusRole: 'Admin',
    partnerPortalRole: 'Security Admin',
    bmsSecurityRoleId: 1,
  },
  {
    givenName: 'Priya',
    familyName: 'Sharma',
    email: northwindPeople.leaver,
    active: true,
    kaseyaOneRole: 'User',
    kaseyaOneGroups: ['Front Office'],
    graphusRole: 'Analyst',
    partnerPortalRole: 'Tech',
    bmsSecurityRoleId: 3,
  },
  {
    givenName: 'Sean',
    familyName: "O'Malley",
    email: northwindPeople.apostrophe,
    active: true,
    kaseyaOneRole: 'User',
    kaseyaOneGroups: ['Technicians'],
    graphusRole: 'Analyst',
    partnerPortalRole: 'Tech',
    bmsSecurityRoleId: 3,
  },
  {
    givenName: 'Dana',
    familyName: 'Reed',
    email: northwindPeople.plus,
    active: true,
    kaseyaOneRole: 'Billing',
    kaseyaOneGroups: ['Finance'],
    graphusRole: 'Analyst',
    partnerPortalRole: 'Business',
    bmsSecurityRoleId: 4,
  },
  {
    givenName: 'Tom',
    familyName: 'Hargreaves',
    email: northwindPeople.inactive,
    active: false,
    kaseyaOneRole: 'User',
    kaseyaOneGroups: [],
    graphusRole: 'Analyst',
    bmsSecurityRoleId: 3,
  },
  {
    givenName: 'Daniel',
    familyName: 'Okafor',
    email: northwindPeople.orphan,
    active: false,
    activeIn: { bms: true, graphus: true },
    kaseyaOneRole: 'User',
    kaseyaOneGroups: ['Technicians'],
    graphusRole: 'Analyst',
    bmsSecurityRoleId: 3,
  },
]

const consultant: Omit<WorldPerson, 'id' | 'bmsEmployeeId'> = {
  givenName: 'Marta',
  familyName: 'Ellison',
  email: severalResellersEmail,
  active: true,
  kaseyaOneRole: 'User',
  kaseyaOneGroups: [],
  partnerPortalRole: 'Business',
  severalResellers: true,
  bmsSecurityRoleId: 3,
}

/** @param nextId answers `p-000001`, `p-000002` … */
export function seedCrowd(crowd: Crowd, random: SeedRandom, nextId: () => string): WorldPerson[] {
  const taken = new Set<string>()
  const start = crowd.number === 1 ? named : [administrator(crowd, random, taken)]
  const people = start.map((person, index) => finish(person, index, crowd, nextId))
  for (const { email } of people) taken.add(email)
  while (people.length < crowd.size) {
    const index = people.length
    const person = ordinary(crowd, index, random, taken)
    people.push(finish(isLeaver(crowd, index) ? leaver(person, index) : person, index, crowd, nextId))
  }
  return people
}

/** BMS numbers: 1000 is the API account of tenant 1, 1001 its first person. */
function finish(
  person: Omit<WorldPerson, 'id' | 'bmsEmployeeId'>,
  index: number,
  crowd: Crowd,
  nextId: () => string,
): WorldPerson {
  const inBms = person.bmsSecurityRoleId !== undefined
  return { id: nextId(), ...person, ...(inBms ? { bmsEmployeeId: crowd.number * 1000 + index + 1 } : {}) }
}

/** The first person of each tenant: an administrator everywhere. */
function administrator(crowd: Crowd, random: SeedRandom, taken: Set<string>): Omit<WorldPerson, 'id'> {
  const [givenName, familyName] = [random.pick(givenNames), random.pick(familyNames)]
  return {
    givenName,
    familyName,
    email: freeEmail(givenName, familyName, crowd.domain, taken),
    active: true,
    kaseyaOneRole: 'Admin',
    kaseyaOneGroups: ['Managers'],
    graphusRole: 'Admin',
    partnerPortalRole: 'Security Admin',
    partnerPortalPrimary: true,
    bmsSecurityRoleId: 1,
  }
}

function ordinary(crowd: Crowd, index: number, random: SeedRandom, taken: Set<string>): Omit<WorldPerson, 'id'> {
  const awkward = index < 8 ? undefined : awkwardPeople[crowd.number + index - 9]
  const isAwkward = awkward !== undefined && index < 12
  const givenName = isAwkward ? awkward[0] : random.pick(givenNames)
  const familyName = isAwkward ? awkward[1] : random.pick(familyNames)
  const wanted = isAwkward ? `${awkward[2]}@${crowd.domain}` : freeEmail(givenName, familyName, crowd.domain, taken)
  taken.add(wanted)
  if (crowd.severalResellers && index === 2) return consultant
  const secondGraphusAdmin = !crowd.lastGraphusAdmin && index === 1
  const inBms = index < 4 || random.chance(0.6)
  const partnerPortalRole = pickPartnerPortalRole(random)
  return {
    givenName,
    familyName,
    email: wanted,
    active: index < 4 || !random.chance(0.07),
    kaseyaOneRole: index === 1 ? 'Admin' : random.chance(0.03) ? 'Billing' : 'User',
    kaseyaOneGroups: random.chance(0.8) ? [random.pick(groupNames)] : [],
    ...(secondGraphusAdmin ? { graphusRole: 'Admin' } : random.chance(0.3) ? { graphusRole: 'Analyst' } : {}),
    ...(partnerPortalRole ? { partnerPortalRole } : {}),
    ...(inBms ? { bmsSecurityRoleId: random.pick([2, 3, 3, 3, 4, 8]) } : {}),
  }
}

function pickPartnerPortalRole(random: SeedRandom): WorldPerson['partnerPortalRole'] | null {
  if (!random.chance(0.25)) return null
  return random.pick(['Administrator', 'Business', 'Tech', 'Tech', 'Sales & Marketing'])
}

function freeEmail(givenName: string, familyName: string, domain: string, taken: Set<string>): string {
  const local = `${givenName}.${familyName}`.toLowerCase()
  let email = `${local}@${domain}`
  for (let count = 2; taken.has(email); count += 1) email = `${local}${count}@${domain}`
  taken.add(email)
  return email
}
