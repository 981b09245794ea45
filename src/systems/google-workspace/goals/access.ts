import { z } from 'zod'
import type { AccountGoal } from '../../../core/account.ts'
import type { AccountGoalKind } from '../../../core/account-kinds.ts'
import { unlessHidden } from '../../../core/parts.ts'
import { type Act, act, overApi } from '../../../core/things.ts'
import { isUnread, readPart, shownUnread, type Unread, unreadChanges } from '../../../core/unread.ts'
import { licenceName, scopeOf } from '../licences.ts'
import type { GoogleUser } from '../schemas.ts'
import { adminConsole, type GoalGround, type Holder, readAtUser, settlingMs } from './ground.ts'

const accessShape = z.object({
  /** Null where Google does not show it. */
  orgUnit: z.string().nullable(),
  inAddressList: z.boolean(),
  archived: z.boolean(),
  /** `product/sku`; absent where licences are left alone. */
  licences: z.array(z.string()).optional(),
})

type Access = z.infer<typeof accessShape>

interface Found extends Access {
  user: GoogleUser
  unread: Unread[]
}

/** Hidden from the address list, in the leavers' organizational unit, and the licence free: as the settings say. */
export function accessFreed(
  ground: GoalGround,
  subject: Holder,
  after: readonly AccountGoalKind[],
): AccountGoal<Found, Act> {
  const { licenceMode } = ground.settings
  const changesOf = (found: Found) => freeing(ground, found)
  return {
    ...overApi,
    kind: 'access-freed',
    summary: summaryOf(ground),
    effect: 'reversible',
    // An archived account has no Calendar to move events from, and one without a licence no Drive.
    after: licenceMode === 'keep' ? [] : after,
    behind: after,
    needs: ['user', 'licences'],
    touches: changes => [...new Set(changes.flatMap(touchedBy))],
    read: moment =>
      readAtUser(ground, subject, moment, async user => {
        const found: Found = { ...accessOf(user), user, unread: [] }
        if (licenceMode === 'remove') {
          const ask = () => moment.read('licences', () => ground.heldLicences.of(user))
          const licences = await readPart(found.unread, 'Licences', undefined, ask)
          if (licences !== undefined) found.licences = licences
        }
        unlessHidden(changesOf(found).length === found.unread.length, found.unread)
        return found
      }),
    holds: found => changesOf(found).length === 0,
    changes: changesOf,
    // Where they could not be read, there may be some.
    warnings: ({ licences }) =>
      licenceMode === 'remove' && licences?.length !== 0
        ? ['Without its licence the account is not covered by Google Vault any more: held data may be lost.']
        : [],
    residual: () => (licenceMode === 'keep' ? ['The licence stays assigned: a suspended account is paid for.'] : []),
    take: act,
    settlesWithin: settlingMs,
    back: {
      shape: accessShape,
      what: `where ${subject.email} was`,
      place: adminConsole,
      summary: () => 'Place, address list and licence are as they were',
      isBack: (had, now) => givingBack(ground, had, now).length === 0,
      changes: (had, now) => givingBack(ground, had, now),
      give: act,
      warnings: had => (had.archived ? [] : ['An account that leaves the archive takes a licence again.']),
    },
    shown: ({ user: _, unread, ...access }) => ({ ...access, ...shownUnread(unread) }),
  }
}

function accessOf(user: GoogleUser): Access {
  return {
    orgUnit: user.orgUnitPath ?? null,
    inAddressList: user.includeInGlobalAddressList !== false,
    archived: user.archived === true,
  }
}

/** An archive takes another licence than the account had. */
function touchedBy(change: Act): readonly string[] {
  if (isUnread(change) || change.id.startsWith('licence ')) return ['licences']
  return change.id === 'archive' ? ['user', 'licences'] : ['user']
}

/** What is not yet as the settings say. Archiving goes alone, as suspending does. */
function freeing({ users, licences, settings }: GoalGround, { user, ...found }: Found): Act[] {
  const { leaversOrgUnit, licenceMode } = settings
  const change = (id: string, before: string, after: string, act: Act['act']): Act => ({
    id,
    what: 'Account',
    before,
    after,
    act,
  })
  const place = found.orgUnit === null ? 'in a place that is not shown' : `in ${found.orgUnit}`
  return [
    ...(leaversOrgUnit === undefined || isSamePlace(leaversOrgUnit, found.orgUnit)
      ? []
      : [change('place', place, `in ${leaversOrgUnit}`, () => users.update(user.id, { orgUnitPath: leaversOrgUnit }))]),
    ...(found.inAddressList
      ? [
          change('address list', 'in the address list', 'hidden', () =>
            users.update(user.id, { includeInGlobalAddressList: false }),
          ),
        ]
      : []),
    ...(found.licences ?? []).map(name =>
      change(`licence ${name}`, licenceName(name), 'licence free', () => licences.remove(name, user.primaryEmail)),
    ),
    ...(licenceMode === 'archive' && !found.archived
      ? [change('archive', 'active licence', 'archived', () => users.update(user.id, { archived: true }))]
      : []),
    ...unreadChanges(found.unread, 'licence free'),
  ]
}

function givingBack({ users, licences, heldLicences }: GoalGround, had: Access, { user, ...now }: Found): Act[] {
  const { orgUnit: place, archived, inAddressList } = had
  const change = (id: string, what: string, after: string, act: Act['act']): Act => ({
    id,
    what,
    before: 'as it is',
    after,
    act,
  })
  const lost = (had.licences ?? []).filter(one => now.licences?.includes(one) === false)
  return [
    ...(now.archived === archived
      ? []
      : [
          change('archive', 'Account', archived ? 'archived' : 'active licence', () =>
            users.update(user.id, { archived }),
          ),
        ]),
    ...lost.map(name =>
      change(`licence ${name}`, 'Licences', licenceName(name), async () => {
        await licences.give(name, user.primaryEmail)
        heldLicences.note(user.id, name)
      }),
    ),
    ...(place === null || isSamePlace(place, now.orgUnit)
      ? []
      : [change('place', 'Organizational unit', place, () => users.update(user.id, { orgUnitPath: place }))]),
    ...(now.inAddressList === inAddressList
      ? []
      : [
          change('address list', 'Address list', inAddressList ? 'shown' : 'hidden', () =>
            users.update(user.id, { includeInGlobalAddressList: inAddressList }),
          ),
        ]),
    ...((had.licences ?? []).length > 0 ? unreadChanges(now.unread, 'as they were') : []),
  ]
}

function isSamePlace(one: string, other: string | null): boolean {
  return one.toLowerCase() === other?.toLowerCase()
}

function summaryOf({ settings }: GoalGround): string {
  const parts = [
    'hidden from the address list',
    ...(settings.leaversOrgUnit === undefined ? [] : [`moved to ${settings.leaversOrgUnit}`]),
    ...(settings.licenceMode === 'archive' ? ['archived'] : []),
  ]
  const freed = settings.licenceMode === 'remove' ? `; licences ${scopeOf(settings.licences)} are free` : ''
  return `The account is ${parts.join(', ')}${freed}`
}
