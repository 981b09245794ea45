import { z } from 'zod'
import type { AccountGoalKind } from '../../../core/account-kinds.ts'
import { unlessHidden } from '../../../core/parts.ts'
import { type Act, act, overApi, shownIn, type ThingsGoal } from '../../../core/things.ts'
import { readPart, shownUnread, type Unread, unreadChanges } from '../../../core/unread.ts'
import { adminConsole, type GoalGround, type Holder, readAtUser, settlingMs } from '../ground.ts'
import { licenceName, scopeOf } from '../licences.ts'
import type { GoogleUser } from '../schemas.ts'
import type { UserChange } from '../user-client.ts'

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
export function accessFreed(ground: GoalGround, subject: Holder, after: readonly AccountGoalKind[]): ThingsGoal<Found> {
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
    touches: shownIn(['licences']),
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

/**
 * The fields that are not yet as they are to be. Each goes alone, as suspending does; an archive takes another licence
 * than the account had.
 */
function differing({ users }: GoalGround, { user, ...now }: Found, to: Access) {
  const { orgUnit, inAddressList, archived } = to
  const field = (id: string, change: UserChange, shows = ['user']) => [
    { id, shows, act: () => users.update(user.id, change) },
  ]
  return {
    place: orgUnit === null || isSamePlace(orgUnit, now.orgUnit) ? [] : field('place', { orgUnitPath: orgUnit }),
    addressList:
      inAddressList === now.inAddressList ? [] : field('address list', { includeInGlobalAddressList: inAddressList }),
    archive: archived === now.archived ? [] : field('archive', { archived }, ['user', 'licences']),
  }
}

/** What is not yet as the settings say. */
function freeing(ground: GoalGround, found: Found): Act[] {
  const { leaversOrgUnit = null, licenceMode } = ground.settings
  const { orgUnit, user } = found
  const archived = found.archived || licenceMode === 'archive'
  const open = differing(ground, found, { orgUnit: leaversOrgUnit, inAddressList: false, archived })
  const told = (before: string, after: string) => ({ what: 'Account', before, after })
  const place = orgUnit === null ? 'in a place that is not shown' : `in ${orgUnit}`
  return [
    ...open.place.map(one => ({ ...one, ...told(place, `in ${leaversOrgUnit}`) })),
    ...open.addressList.map(one => ({ ...one, ...told('in the address list', 'hidden') })),
    ...(found.licences ?? []).map(name => ({
      id: `licence ${name}`,
      ...told(licenceName(name), 'licence free'),
      act: () => ground.licences.remove(name, user.primaryEmail),
    })),
    ...open.archive.map(one => ({ ...one, ...told('active licence', 'archived') })),
    ...unreadChanges(found.unread, 'licence free'),
  ]
}

function givingBack(ground: GoalGround, had: Access, now: Found): Act[] {
  const { licences, heldLicences } = ground
  const { user, unread } = now
  const missing = differing(ground, now, had)
  const told = (what: string, before: string, after: string) => ({ what, before, after })
  const lost = (had.licences ?? []).filter(one => now.licences?.includes(one) === false)
  return [
    ...missing.archive.map(one => ({
      ...one,
      ...(had.archived ? told('Account', 'active licence', 'archived') : told('Account', 'archived', 'active licence')),
    })),
    ...lost.map(name => ({
      id: `licence ${name}`,
      ...told(licenceName(name), 'not held', 'held'),
      async act() {
        await licences.give(name, user.primaryEmail)
        heldLicences.note(user.id, name)
      },
    })),
    ...missing.place.map(one => ({
      ...one,
      ...told('Organizational unit', now.orgUnit ?? 'not shown', had.orgUnit ?? ''),
    })),
    ...missing.addressList.map(one => ({
      ...one,
      ...told('Address list', had.inAddressList ? 'hidden' : 'shown', had.inAddressList ? 'shown' : 'hidden'),
    })),
    ...((had.licences ?? []).length > 0 ? unreadChanges(unread, 'as they were') : []),
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
