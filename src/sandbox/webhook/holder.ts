import { type EstatePerson, estatePeople } from '../estate.ts'
import type { World } from '../world.ts'

/** Somebody with a badge. */
export interface Holder {
  /** `B-0003` */
  id: string
  login: string
  email: string
  name: string
  aliases: string[]
  /** False: no door opens. */
  active: boolean
  /** May open doors for others and make out badges, at the guard desk. */
  guard: boolean
  /** Signed in to the guard desk's console at so many places. */
  sessions: number
  /** Has a code that turns the alarm off. The code itself never leaves the panel. */
  alarmCode: boolean
  /** Doors that somebody gave them, by name; the front door is everybody's. */
  doors: string[]
  locker: string | null
  items: Item[]
}

/** A card is void when the system says so; an opener has to be handed in before it is anybody else's. */
export interface Item {
  name: string
  kind: 'card' | 'opener'
  askedFor: boolean
}

/** Everybody of the estate, as the badge system knows them. The same on every call. */
export function badgeHolders(world: World): Holder[] {
  return estatePeople(world).map(holderOf)
}

function holderOf({ person, login, admin, devices, groups }: EstatePerson, index: number): Holder {
  const number = String(index + 1).padStart(4, '0')
  // Whoever has devices of many kinds drives to customers, and so has a garage opener.
  const items: Item[] = [
    { name: `Card ${number}`, kind: 'card', askedFor: false },
    ...(devices.length > 2 ? [{ name: `Garage opener ${number}`, kind: 'opener' as const, askedFor: false }] : []),
  ]
  return {
    id: `B-${number}`,
    login,
    email: person.email,
    name: `${person.givenName} ${person.familyName}`,
    aliases: [`badge-${number}`],
    active: true,
    guard: admin,
    sessions: admin || devices.length > 2 ? 1 : 0,
    alarmCode: index % 2 === 0,
    doors: groups.filter(({ kind }) => kind === 'ordinary').map(({ name }) => name),
    locker: index % 4 === 2 ? `Locker ${100 + index}` : null,
    items,
  }
}
