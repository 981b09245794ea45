import { z } from 'zod'
import type { AccountGoal } from '../../../core/account.ts'
import { listInPart, type NamedParts, notSeen, type Part, partOf } from '../../../core/parts.ts'
import { goneReading, seen } from '../../../core/reading.ts'
import type { Thing } from '../../../core/things.ts'
import { adminCenter, type GoalGround, type Holder } from '../ground.ts'
import {
  type HadLicences,
  keptLicences,
  licencesOf,
  licencesShape,
  licenceThings,
  syncedLicences,
} from '../licences.ts'
import { isReply, type Reply, replySetting, replyText } from '../reply.ts'
import { goalBelow, type Sending, type Sent, sendTogether } from '../sending.ts'
import {
  assignNumber,
  giveAppRole,
  giveConsent,
  removeAppRole,
  removeConsent,
  setAutomaticReply,
  setImmutableId,
  unassignNumber,
} from '../write.ts'

const appRole = z.object({ appRoleId: z.string(), resourceId: z.string(), app: z.string().optional() })
const consent = z.object({ clientId: z.string(), resourceId: z.string(), scope: z.string() })
const number = z.object({ telephoneNumber: z.string(), numberType: z.string(), category: z.string().nullable() })

/** Null is what was not seen: nothing of it was taken. */
const shape = z.object({
  /** Absent where it was not to be cleared. */
  immutableId: z.string().nullish(),
  appRoles: z.array(appRole).nullable(),
  consents: z.array(consent).nullable(),
  /** Absent where there was none, and in what earlier versions wrote. */
  numbers: z.array(number).nullish(),
  ...licencesShape.shape,
})

/** With what only a look knows, where it is one. */
interface Had extends HadLicences {
  /** What ties the account to one in Active Directory. */
  immutableId?: string | null | undefined
  appRoles: (z.infer<typeof appRole> & { id?: string })[] | null
  consents: (z.infer<typeof consent> & { id?: string })[] | null
  numbers?: z.infer<typeof number>[] | null | undefined
  /** Undefined where no automatic reply is wanted. */
  reply?: Reply | undefined
}

interface Held extends Had {
  synced: boolean
  parts: NamedParts
  /** They have a goal of their own, and decide nothing here. */
  given: Part<unknown>
}

/**
 * App roles and consents are gone; the automatic reply is on, where one is set. Licences have a goal of their own; what is
 * written down of them is given back here, where they are kept. The automatic reply stays: whoever comes back turns it off.
 */
export function accessFreed(ground: GoalGround, subject: Holder): AccountGoal<Held, Sent> {
  const { account, options, readings } = subject
  const { graph, connection } = ground
  const { removesLicences } = connection
  const { id: principalId } = account
  const autoReply = replyText(connection.autoReply, account, options.successor)
  const sources = ['access', 'user', 'memberships', ...(autoReply === undefined ? [] : ['reply'])]

  return goalBelow<Held, Had>(ground, subject, {
    kind: 'access-freed',
    summary: 'App roles, consents and the number in Teams are freed',
    behind: ['groups-left', 'data-handed-over'],
    needs: sources,
    async read(moment) {
      const user = await readings.user(moment)
      if (user === null) return goneReading
      const [access, memberships, reply] = await Promise.all([
        partOf(readings.access(moment)),
        partOf(readings.memberships(moment)),
        autoReply === undefined ? undefined : partOf(readings.reply(moment)),
      ])
      const { appRoles, consents, numbers } =
        access.error === undefined ? access.value : { appRoles: access, consents: access, numbers: access }
      const given = licencesOf(user, memberships)
      return seen({
        immutableId: user.onPremisesSyncEnabled ? null : user.onPremisesImmutableId || null,
        synced: user.onPremisesSyncEnabled === true,
        appRoles: listInPart(appRoles, one => ({ ...one, app: one.resourceDisplayName ?? one.resourceId })),
        consents: listInPart(consents, one => ({ ...one, scope: one.scope ?? '' })),
        numbers: listInPart(numbers, one => ({ ...one, category: one.assignmentCategory ?? null })),
        licences: given.value?.direct ?? null,
        licenceGroups: given.value?.groups ?? null,
        given,
        reply: reply?.value,
        parts: { 'App roles': appRoles, Consents: consents, 'The automatic reply': reply },
      })
    },
    parts: ({ parts }) => parts,
    things: (had, { synced }) => [
      ...replyThing(had),
      ...immutableIdThing(had, synced),
      ...licenceThings(graph, principalId, had).map(one => ({ ...one, stays: true })),
      ...(had.appRoles ?? []).map(appRoleThing),
      ...(had.consents ?? []).map(consentThing),
      ...(had.numbers ?? []).map(numberThing),
    ],
    warnings: ({ given, licenceGroups }) =>
      removesLicences ? [] : [...notSeen({ Licences: given }), ...syncedLicences(licenceGroups, options.present)],
    residual: ({ licences, licenceGroups, numbers, synced }) => [
      ...(connection.clearsImmutableId && synced
        ? ['The immutable id stays: the account is synced from Active Directory, and needs it.']
        : []),
      ...(numbers === null
        ? ['Whether they have a telephone number in Teams could not be read (TeamsTelephoneNumber.ReadWrite.All).']
        : []),
      ...(removesLicences || !(licences?.length || licenceGroups?.length)
        ? []
        : [keptLicences(connection.mailbox), ...syncedLicences(licenceGroups, options.present)]),
    ],
    shown,
    back: {
      shape,
      what: `what ${account.login} could use`,
      place: adminCenter,
      summary: () => 'App roles, consents, licences and the number in Teams are given back, where it is still free',
      async give(changes) {
        // Licences first: what they carry is what app roles are for.
        const licences = changes.filter(({ what }) => what === 'Licences')
        const others = changes.filter(({ what }) => what !== 'Licences')
        return [...(await sendTogether(graph, licences)), ...(await sendTogether(graph, others))]
      },
    },
  })

  function replyThing({ reply }: Had): Thing<Sending>[] {
    if (autoReply === undefined || reply === undefined || reply === 'no mailbox') return []
    if (isReply(reply, autoReply)) return []
    const take = () => setAutomaticReply(principalId, replySetting(autoReply))
    const name = reply === 'off' ? 'off' : 'another'
    return [{ id: 'reply', what: 'Automatic reply', name, without: 'on', take, shows: ['reply'] }]
  }

  function immutableIdThing({ immutableId }: Had, synced: boolean): Thing<Sending>[] {
    if (!immutableId) return []
    return [
      {
        id: 'immutable id',
        what: 'Immutable id',
        name: immutableId,
        take: () => setImmutableId(principalId, null),
        ...(synced ? {} : { give: () => setImmutableId(principalId, immutableId) }),
        stays: !connection.clearsImmutableId,
        shows: ['user'],
      },
    ]
  }

  function appRoleThing({
    id = '',
    appRoleId,
    resourceId,
    app = resourceId,
  }: NonNullable<Had['appRoles']>[number]): Thing<Sending> {
    const same = `role ${appRoleId} ${resourceId}`
    return {
      id: id || same,
      same,
      what: 'App roles',
      name: app,
      take: () => removeAppRole(principalId, id),
      give: () => giveAppRole({ principalId, appRoleId, resourceId }),
      shows: ['access'],
    }
  }

  function consentThing({
    id = '',
    clientId,
    resourceId,
    scope,
  }: NonNullable<Had['consents']>[number]): Thing<Sending> {
    const same = `consent ${clientId} ${resourceId}`
    return {
      id: id || same,
      same,
      what: 'Consents',
      name: scope || clientId,
      take: () => removeConsent(id),
      give: () => giveConsent({ principalId, clientId, resourceId, scope }),
      shows: ['access'],
    }
  }

  function numberThing({ telephoneNumber, numberType, category }: NonNullable<Had['numbers']>[number]): Thing<Sending> {
    return {
      id: `number ${telephoneNumber}`,
      what: 'Teams number',
      name: telephoneNumber,
      without: 'free',
      take: () => unassignNumber(telephoneNumber, numberType),
      give: () => assignNumber(principalId, telephoneNumber, numberType, category ?? 'primary'),
    }
  }

  function shown(held: Held) {
    const { immutableId, appRoles, consents, numbers, licences, licenceGroups } = shape.parse(held)
    return {
      ...(connection.clearsImmutableId ? { immutableId } : {}),
      appRoles,
      consents,
      ...(numbers?.length ? { numbers } : {}),
      // What is freed by its own goal is given back by that.
      licences: removesLicences ? null : licences,
      licenceGroups: removesLicences ? null : licenceGroups,
      ...(held.reply === undefined || held.reply === 'no mailbox'
        ? {}
        : { automaticReply: typeof held.reply === 'object' }),
    }
  }
}
