import type { AccountGoal } from '../../../core/account.ts'
import { oneByOne } from '../../../core/change.ts'
import { K1Error } from '../../../core/errors.ts'
import type { Moment } from '../../../core/moment.ts'
import { failureIn, listOf, notSeen, type Part, partOf } from '../../../core/parts.ts'
import { goneReading, type Reading, seen } from '../../../core/reading.ts'
import type { Reply } from '../reply.ts'
import { removeAppRole, removeConsent, setAutomaticReply } from '../write.ts'
import { accessBack } from './access-back.ts'
import { change, type Ground, replicationMs, type Sent, type Subject, sendTogether } from './ground.ts'
import type { Held } from './held-access.ts'
import { type Licences, licenceChanges, licencesOf, syncedLicences } from './licences.ts'

/**
 * App roles and consents are gone; the automatic reply is on, where one is set; then, only with `licences=remove`, the
 * licences are freed: a mailbox goes with its licence, and Graph v1.0 cannot make it a shared one first.
 */
export function accessFreed(ground: Ground, subject: Subject): AccountGoal<Held, Sent> {
  const { account, options, readings } = subject
  const { graph, connection } = ground
  const { removesLicences, autoReply } = connection
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
      licences: licencesOf(user, memberships),
      reply,
    }
    const error = failure(held)
    if (error !== undefined && changesOf(held).length === 0) throw error
    return seen(held)
  }

  /** What is kept need not be seen. */
  function failure({ appRoles, consents, licences, reply }: Held): K1Error | undefined {
    return failureIn([appRoles, consents, ...(reply ? [reply] : []), ...(removesLicences ? [licences] : [])])
  }

  function changesOf({ appRoles, consents, licences, reply }: Held): Sent[] {
    return [
      ...replyChange(reply?.value),
      ...(appRoles.value ?? []).map(({ id, resourceDisplayName, resourceId }) =>
        change(id, 'App roles', resourceDisplayName ?? resourceId, 'none', () => removeAppRole(account.id, id)),
      ),
      ...(consents.value ?? []).map(({ id, clientId, scope }) =>
        change(id, 'Consents', scope || clientId, 'none', () => removeConsent(id)),
      ),
      ...(removesLicences && licences.value ? licenceChanges(account.id, licences.value) : []),
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
    return what === 'App roles' || what === 'Consents' ? ['access'] : sources
  }

  return {
    kind: 'access-freed',
    reach: 'api',
    summary: removesLicences ? 'App roles, consents and licences are freed' : 'App roles and consents are freed',
    effect: removesLicences ? 'irreversible' : 'reversible',
    repeatable: true,
    after: [],
    // Licences are the last: what they carry has to be settled.
    behind: ['groups-left', 'data-handed-over'],
    needs: sources,
    touches: changes => [...new Set(changes.flatMap(touchedBy))],
    read,
    holds: held => failure(held) === undefined && changesOf(held).length === 0,
    changes: changesOf,
    warnings: ({ appRoles, consents, reply, licences }) => [
      ...notSeen({ 'App roles': appRoles, Consents: consents, 'The automatic reply': reply, Licences: licences }),
      ...(removesLicences && isLicensed(licences)
        ? ['The mailbox is deleted 30 days after its licence: convert it to a shared one before, if it is to stay.']
        : []),
      ...(removesLicences ? [] : syncedLicences(licences, options.present)),
    ],
    residual: ({ licences }) =>
      removesLicences || !isLicensed(licences)
        ? []
        : [
            'Licences are kept (licences=keep): remove them when mailbox and OneDrive are settled.',
            ...syncedLicences(licences, options.present),
          ],
    shown: shownOf,
    async take(changes) {
      const reply = changes.filter(({ id }) => id === 'reply')
      const licences = changes.filter(({ what }) => what === 'Licences')
      const others = changes.filter(one => !reply.includes(one) && !licences.includes(one))
      return [
        ...(await sendTogether(graph, reply)),
        ...(await sendTogether(graph, others)),
        // Two changes of one person's licences at once may meet.
        ...(await oneByOne(async ({ make, why }: Sent) => {
          if (make === undefined) throw new K1Error('refused', why ?? 'It cannot be freed here.')
          await graph.write(make())
        })(licences)),
      ]
    },
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

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function shownOf({ appRoles, consents, licences, reply }: Held) {
  return {
    appRoles: listOf(appRoles, ({ appRoleId, resourceId, resourceDisplayName }) => ({
      appRoleId,
      resourceId,
      app: resourceDisplayName ?? resourceId,
    })),
    consents: listOf(consents, ({ clientId, resourceId, scope }) => ({
      clientId,
      resourceId,
      scope: scope ?? '',
    })),
    licences: licences.value?.direct ?? null,
    licenceGroups: licences.value?.groups.map(({ id, name }) => ({ id, name })) ?? null,
    ...(reply?.value === undefined || reply.value === 'no mailbox'
      ? {}
      : { automaticReply: typeof reply.value === 'object' }),
  }
}
