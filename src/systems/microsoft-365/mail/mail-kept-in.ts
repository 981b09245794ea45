import { z } from 'zod'
import type { AccountGoal } from '../../../core/account.ts'
import { failureIn, inPart, listInPart, notSeen, type Part, partOf } from '../../../core/parts.ts'
import { seen } from '../../../core/reading.ts'
import { overApi } from '../../../core/things.ts'
import type { Mailbox } from '../exchange/mailbox.ts'
import type { MobileDevice } from '../exchange/mobile-device.ts'
import type { GoalGround, Holder } from '../ground.ts'
import type { SendingRule } from '../rules.ts'
import { change, mailChange, type Sending, type Sent, sendTogether } from '../sending.ts'
import { setRule } from '../write.ts'
import { type Forwarding, isOutside, readForwarding } from './forwarding.ts'
import { exchangeCenter } from './mailbox-shared.ts'
import { isOff, type Protocols, protocolsOf, protocolsOff } from './protocols.ts'

interface Ways {
  mailbox: Mailbox | null
  forwarding: Part<Forwarding>
  rules: Part<SendingRule[]>
  /** Rules that send to somebody outside. */
  outside: Part<SendingRule[]>
  protocols: Part<Protocols | null>
  devices: Part<MobileDevice[]>
}

/** Null is what was not seen: nothing of it was taken. */
const snapshotSchema = z.object({
  forwarding: z
    .object({ forwardsTo: z.string().nullable(), forwardsOut: z.string().nullable(), keepsCopy: z.boolean() })
    .nullable(),
  rules: z.array(z.object({ id: z.string(), name: z.string() })).nullable(),
  protocols: z.record(z.string(), z.boolean().nullable()).nullable(),
})

type Snapshot = z.infer<typeof snapshotSchema>

const onPremises =
  'The forwarding is kept in Active Directory (altRecipient), and the person is synced: clear it on premises.'

/** Exchange tells its servers of a change within a minute. */
const settlesWithin = 60_000

/** No mail leaves the organization by itself, and no phone fetches any. Rules are disabled, not deleted. */
export function mailKeptIn(
  { exchange, graph, domains }: GoalGround,
  { account, options, readings }: Holder,
): AccountGoal<Ways, Sent> {
  const erases = options.devices === 'erase'
  const isOpen = (device: MobileDevice) => !(erases && device.wipeAskedAt !== null)
  const parts = ({ forwarding, rules, outside, protocols, devices }: Ways) => [
    forwarding,
    rules,
    outside,
    protocols,
    devices,
  ]

  return {
    kind: 'mail-kept-in',
    ...overApi,
    summary: 'No mail is sent on to outside, and no phone fetches mail',
    effect: 'reversible',
    needs: ['user', 'mailbox', 'forwarding', 'rules', 'protocols', 'mobile devices'],
    touches: changes => [...new Set(changes.flatMap(touchedBy))],
    read: moment =>
      readings.below(async () => {
        const box = readings.mailbox(moment)
        const forwardingOf = async () => readForwarding(exchange, await box, domains)
        const [mailbox, forwarding, rules, protocols, devices] = await Promise.all([
          box,
          partOf(moment.read('forwarding', forwardingOf)),
          partOf(readings.rules(moment)),
          partOf(readings.protocols(moment).then(protocolsOf)),
          partOf(readings.mobileDevices(moment)),
        ])
        const outside = await outsideOf(rules)
        const ways: Ways = { mailbox, forwarding, rules, outside, protocols, devices }
        const error = failureIn(parts(ways))
        if (error !== undefined && changesOf(ways).length === 0) throw error
        return seen(ways)
      }),
    holds: ways => changesOf(ways).length === 0 && failureIn(parts(ways)) === undefined,
    changes: changesOf,
    warnings: ({ forwarding, rules, outside, protocols, devices }) => [
      ...notSeen({
        'Where mail is forwarded to': forwarding,
        'Rules of the inbox': rules,
        'Which rules send to outside': rules.error ? undefined : outside,
        'Ways in for phones': protocols,
        'Phones with this mailbox': devices,
      }),
      ...(!erases && devices.value?.some(isOpen)
        ? ['Phones lose their connection to the mailbox; what they have fetched stays on them (--devices erase).']
        : []),
    ],
    residual: ways => residualOf(ways),
    shown: ({ mailbox, forwarding, outside, protocols, devices }) => ({
      forwarding: mailbox && {
        forwardsTo: mailbox.forwardsTo,
        forwardsOut: mailbox.forwardsOut,
        keepsCopy: mailbox.keepsCopy,
      },
      outside: forwarding.value?.outside ?? null,
      rules: listInPart(
        inPart(outside, all => all.filter(({ enabled }) => enabled)),
        ({ id, name }) => ({ id, name }),
      ),
      protocols: protocols.value ?? null,
      phones: listInPart(devices, ({ name }) => name),
    }),
    take: changes => sendTogether(graph, changes),
    settlesWithin,
    back: {
      shape: snapshotSchema,
      what: `where mail of ${account.login} went`,
      place: exchangeCenter,
      summary: () => 'Forwarding, rules and ways in are as they were',
      isBack: (had, now) => missing(had, now).length === 0,
      changes: missing,
      give: changes => sendTogether(graph, changes),
      after: ['successor-let-in'],
      warnings: () => ['Phones connect with the mailbox again when somebody signs in on them.'],
    },
  }

  async function outsideOf({ value, error }: Part<SendingRule[]>): Promise<Part<SendingRule[]>> {
    if (error !== undefined) return { error }
    if (!value.some(({ enabled }) => enabled)) return { value: [] }
    return partOf(domains().then(known => value.filter(({ to }) => to.some(one => isOutside(one, known)))))
  }

  function touchedBy({ what }: Sent): string[] {
    if (what === 'Rules') return ['rules']
    if (what === 'Phones') return ['mobile devices']
    return what === 'Forwarding' ? ['mailbox', 'forwarding'] : ['protocols']
  }

  function changesOf({ mailbox, forwarding, outside, protocols, devices }: Ways): Sent[] {
    if (mailbox === null) return []
    const sendsOn = forwarding.value?.outside
    const isOnPremises = mailbox.synced && mailbox.forwardsTo !== null
    const none = {
      // Of who is synced it is kept in Active Directory, and naming it would be refused.
      ...(mailbox.forwardsTo === null ? {} : { ForwardingAddress: null }),
      ForwardingSmtpAddress: null,
      DeliverToMailboxAndForward: false,
    }
    const clear: Sending = isOnPremises ? { why: onPremises } : { ask: () => exchange.setMailbox(mailbox, none) }
    const rules = (outside.value ?? []).filter(({ enabled }) => enabled)
    return [
      ...(sendsOn ? [change('forwarding', 'Forwarding', sendsOn, 'none', clear)] : []),
      ...rules.map(({ id, name, readOnly }) => {
        const disable = () => setRule(account.id, id, false)
        const act = readOnly ? { why: `Disable the rule "${name}" in Outlook.` } : disable
        return change(id, 'Rules', name, 'disabled', act)
      }),
      ...(protocols.value && !isOff(protocols.value)
        ? [
            mailChange('protocols', 'Mail on phones', 'allowed', 'off', () =>
              exchange.setProtocols(mailbox, protocolsOff),
            ),
          ]
        : []),
      ...(devices.value ?? [])
        .filter(isOpen)
        .map(({ identity, name }) =>
          mailChange(identity, 'Phones', name, erases ? 'mail erased' : 'disconnected', () =>
            erases ? exchange.clearMobileDevice(mailbox, identity) : exchange.removeMobileDevice(mailbox, identity),
          ),
        ),
    ]
  }

  function residualOf({ mailbox, forwarding, rules, outside, devices }: Ways): string[] {
    if (mailbox === null) return []
    const inside = (rules.value ?? []).filter(
      ({ id, enabled }) => enabled && !outside.value?.some(one => one.id === id),
    )
    const erasing = erases ? (devices.value ?? []).filter(one => !isOpen(one)) : []
    return [
      ...(forwarding.value?.inside
        ? [`Mail is forwarded to ${forwarding.value.inside}, inside the organization.`]
        : []),
      ...inside.map(({ name, to }) => `The rule "${name}" sends mail on to ${to.join(', ')}, inside the organization.`),
      ...erasing.map(({ name }) => `"${name}" removes its mail when it connects next.`),
      'Rules of the inbox that Outlook hides cannot be seen over Graph: Get-InboxRule -IncludeHidden shows them.',
    ]
  }

  function missing(had: Snapshot, { mailbox, rules, protocols }: Ways): Sent[] {
    if (mailbox === null) return []
    const { forwarding } = had
    const isForwarding = forwarding && (forwarding.forwardsTo !== null || forwarding.forwardsOut !== null)
    const isSame = mailbox.forwardsTo === forwarding?.forwardsTo && mailbox.forwardsOut === forwarding?.forwardsOut
    const was = forwarding && {
      ...(mailbox.forwardsTo === forwarding.forwardsTo ? {} : { ForwardingAddress: forwarding.forwardsTo }),
      ForwardingSmtpAddress: forwarding.forwardsOut,
      DeliverToMailboxAndForward: forwarding.keepsCopy,
    }
    const off = (had.rules ?? []).filter(one => rules.value?.some(now => now.id === one.id && !now.enabled))
    const ways = had.protocols
    return [
      ...(was && isForwarding && !isSame
        ? [
            mailChange('forwarding', 'Forwarding', 'none', forwarding.forwardsOut ?? forwarding.forwardsTo ?? '', () =>
              exchange.setMailbox(mailbox, was),
            ),
          ]
        : []),
      ...off.map(({ id, name }) => change(id, 'Rules', 'disabled', name, () => setRule(account.id, id, true))),
      ...(ways && protocols.value && Object.entries(ways).some(([name, is]) => protocols.value?.[name] !== is)
        ? [mailChange('protocols', 'Mail on phones', 'off', 'allowed', () => exchange.setProtocols(mailbox, ways))]
        : []),
    ]
  }
}
