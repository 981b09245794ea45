import type { AccountGoal } from '../../../core/account.ts'
import { K1Error } from '../../../core/errors.ts'
import type { Moment } from '../../../core/moment.ts'
import { failureIn, listInPart, notSeen, type Part, partOf } from '../../../core/parts.ts'
import { goneReading, type Reading, seen } from '../../../core/reading.ts'
import { overApi } from '../../../core/things.ts'
import type { Connection } from '../connection.ts'
import { type Reply, replyText } from '../reply.ts'
import { removeAppRole, removeConsent, setAutomaticReply, setImmutableId, unassignNumber } from '../write.ts'
import { accessBack } from './access-back.ts'
import { change, type GoalGround, type Holder, replicationMs, type Sent, sendTogether } from './ground.ts'
import type { Held } from './held-access.ts'
import { type Licences, licencesOf, syncedLicences } from './licences.ts'

/** App roles and consents are gone; the automatic reply is on, where one is set. Licences have a goal of their own. */
export function accessFreed(ground: GoalGround, subject: Holder): AccountGoal<Held, Sent> {
  const { account, options, readings } = subject
  const { graph, connection } = ground
  const { removesLicences } = connection
  const autoReply = replyText(connection.autoReply, account, options.successor)
  const sources = ['access', 'user', 'memberships', ...(autoReply === undefined ? [] : ['reply'])]

  async function read(moment: Moment): Promise<Reading<Held>> {
    const user = await readings.user(moment)
    if (user === null) return goneReading
    const [access, memberships, reply] = await Promise.all([
      partOf(readings.access(moment)),
      partOf(readings.memberships(moment)),
      autoReply === undefined ? undefined : partOf(readings.reply(moment)),
    ])
    const held: Held = {
      appRoles: access.value?.appRoles ?? lost(access),
      consents: access.value?.consents ?? lost(access),
      numbers: access.value?.numbers ?? lost(access),
      licences: licencesOf(user, memberships),
      immutableId: user.onPremisesSyncEnabled ? null : user.onPremisesImmutableId || null,
      synced: user.onPremisesSyncEnabled === true,
      reply,
    }
    const error = failure(held)
    if (error !== undefined && changesOf(held).length === 0) throw error
    return seen(held)
  }

  function failure({ appRoles, consents, reply }: Held): K1Error | undefined {
    return failureIn([appRoles, consents, ...(reply ? [reply] : [])])
  }

  function changesOf({ appRoles, consents, numbers, immutableId, reply }: Held): Sent[] {
    return [
      ...replyChange(reply?.value),
      ...(connection.clearsImmutableId && immutableId !== null
        ? [change('immutable id', 'Immutable id', immutableId, 'none', () => setImmutableId(account.id, null))]
        : []),
      ...(appRoles.value ?? []).map(({ id, resourceDisplayName, resourceId }) =>
        change(id, 'App roles', resourceDisplayName ?? resourceId, 'none', () => removeAppRole(account.id, id)),
      ),
      ...(consents.value ?? []).map(({ id, clientId, scope }) =>
        change(id, 'Consents', scope || clientId, 'none', () => removeConsent(id)),
      ),
      ...(numbers.value ?? []).map(({ telephoneNumber, numberType }) =>
        change(`number ${telephoneNumber}`, 'Teams number', telephoneNumber, 'free', () =>
          unassignNumber(telephoneNumber, numberType),
        ),
      ),
    ]
  }

  function replyChange(reply: Reply | undefined): Sent[] {
    if (autoReply === undefined || reply === undefined || reply === 'no mailbox') return []
    if (typeof reply === 'object' && reply.on === autoReply.replace(/\s+/g, ' ')) return []
    const text = { internalReplyMessage: escaped(autoReply), externalReplyMessage: escaped(autoReply) }
    const setting = { status: 'alwaysEnabled', externalAudience: 'all', ...text }
    const was = reply === 'off' ? 'off' : 'another'
    return [change('reply', 'Automatic reply', was, 'on', () => setAutomaticReply(account.id, setting))]
  }

  /** Licences show in the account, and in the groups that give them. */
  function touchedBy({ id, what }: Sent): string[] {
    if (id === 'reply') return ['reply']
    if (id === 'immutable id') return ['user']
    return what === 'App roles' || what === 'Consents' ? ['access'] : sources
  }

  return {
    kind: 'access-freed',
    ...overApi,
    summary: 'App roles, consents and the number in Teams are freed',
    effect: 'reversible',
    behind: ['groups-left', 'data-handed-over'],
    needs: sources,
    touches: changes => [...new Set(changes.flatMap(touchedBy))],
    read,
    holds: held => failure(held) === undefined && changesOf(held).length === 0,
    changes: changesOf,
    warnings: ({ appRoles, consents, reply, licences }) => [
      ...notSeen({
        'App roles': appRoles,
        Consents: consents,
        'The automatic reply': reply,
        Licences: removesLicences ? undefined : licences,
      }),
      ...(removesLicences ? [] : syncedLicences(licences, options.present)),
    ],
    residual: ({ licences, numbers, synced }) => [
      ...(connection.clearsImmutableId && synced
        ? ['The immutable id stays: the account is synced from Active Directory, and needs it.']
        : []),
      ...(numbers.error === undefined
        ? []
        : ['Whether they have a telephone number in Teams could not be read (TeamsTelephoneNumber.ReadWrite.All).']),
      ...(removesLicences || !isLicensed(licences)
        ? []
        : [keptLicences(connection.mailbox), ...syncedLicences(licences, options.present)]),
    ],
    shown: held => shownOf(held, connection),
    take: changes => sendTogether(graph, changes),
    settlesWithin: replicationMs,
    back: accessBack(ground, account),
  }
}

function lost(access: Part<unknown>): { error: K1Error } {
  return { error: access.error ?? new K1Error('contract', 'Microsoft 365 did not show what somebody may use.') }
}

function isLicensed({ value }: Part<Licences>): boolean {
  return value !== undefined && value.direct.length + value.groups.length > 0
}

function keptLicences(mailbox: 'shared' | 'left'): string {
  return mailbox === 'shared'
    ? 'Licences are kept, and paid for (licences=keep). With licences=remove they are freed once the mailbox was read back as a shared one, but for what it needs.'
    : 'Licences are kept, and paid for (licences=keep): remove them when mailbox and OneDrive are settled.'
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function shownOf(
  { appRoles, consents, numbers, licences, immutableId, reply }: Held,
  { removesLicences, clearsImmutableId }: Connection,
) {
  return {
    ...(clearsImmutableId ? { immutableId } : {}),
    appRoles: listInPart(appRoles, ({ appRoleId, resourceId, resourceDisplayName }) => ({
      appRoleId,
      resourceId,
      app: resourceDisplayName ?? resourceId,
    })),
    consents: listInPart(consents, ({ clientId, resourceId, scope }) => ({
      clientId,
      resourceId,
      scope: scope ?? '',
    })),
    ...(numbers.value === undefined || numbers.value.length === 0
      ? {}
      : {
          numbers: numbers.value.map(({ telephoneNumber, numberType, assignmentCategory }) => ({
            telephoneNumber,
            numberType,
            category: assignmentCategory ?? null,
          })),
        }),
    // What is freed by its own goal is given back by that.
    licences: removesLicences ? null : (licences.value?.direct ?? null),
    licenceGroups: removesLicences ? null : (licences.value?.groups.map(({ id, name }) => ({ id, name })) ?? null),
    ...(reply?.value === undefined || reply.value === 'no mailbox'
      ? {}
      : { automaticReply: typeof reply.value === 'object' }),
  }
}
