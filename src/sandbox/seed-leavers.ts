import type { Crowd } from './crowd.ts'
import { estateLeaverAt, estateNumber } from './estate.ts'
import type { WorldPerson } from './world.ts'

/** Where in the first tenant the leavers are. */
const firstLeaver = 8
const lastLeaver = 21

/** Is this the place of somebody whom demos and tests offboard? */
export function isLeaver({ number }: Crowd, index: number): boolean {
  if (number === estateNumber) return index === estateLeaverAt
  return number === 1 && index >= firstLeaver && index <= lastLeaver
}

/** The person, active and with an account everywhere. */
export function leaver(person: Omit<WorldPerson, 'id'>, index: number): Omit<WorldPerson, 'id'> {
  const [group = 'Front Office'] = person.kaseyaOneGroups
  const [local = '', domain = ''] = person.email.split('@')
  const everywhere: Omit<WorldPerson, 'id'> = {
    ...person,
    active: true,
    kaseyaOneGroups: [group],
    graphusRole: person.graphusRole ?? 'Analyst',
    partnerPortalRole: person.partnerPortalRole ?? 'Tech',
    bmsSecurityRoleId: person.bmsSecurityRoleId ?? 3,
  }
  switch (index - firstLeaver) {
    case 4:
      return { ...everywhere, kaseyaOneRole: 'Admin', graphusRole: 'Admin', partnerPortalRole: 'Administrator' }
    case 5:
      return { ...everywhere, kaseyaOneGroups: [...new Set([group, 'Technicians', 'Managers'])].slice(0, 2) }
    case 6:
      return { ...everywhere, huddleLogin: local.replace('.', '') }
    case 7:
      return { ...everywhere, huddleLogin: `chat-${local}@${domain}` }
    default:
      return everywhere
  }
}
