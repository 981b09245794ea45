import { z } from 'zod'
import type { AccountGoal } from '../../../core/account.ts'
import { type NamedParts, type Part, partOf } from '../../../core/parts.ts'
import { seen } from '../../../core/reading.ts'
import type { Thing } from '../../../core/things.ts'
import type { Mailbox } from '../exchange/mailbox.ts'
import type { MobileDevice } from '../exchange/mobile-device.ts'
import type { GoalGround, Holder } from '../ground.ts'
import type { SendingRule } from '../rules.ts'
import { goalBelow, type Sending, type Sent } from '../sending.ts'
import { setRule } from '../write.ts'
import { isOutside, readForwarding } from './forwarding.ts'
import { exchangeCenter } from './mailbox-shared.ts'
import { isOff, protocolsOf, protocolsOff } from './protocols.ts'

/** Null is what was not seen: nothing of it was taken. */
const shape = z.object({
  forwarding: z
    .object({ forwardsTo: z.string().nullable(), forwardsOut: z.string().nullable(), keepsCopy: z.boolean() })
    .nullable(),
  /** Those that send to somebody outside. */
  rules: z.array(z.object({ id: z.string(), name: z.string() })).nullable(),
  protocols: z.record(z.string(), z.boolean().nullable()).nullable(),
})

/** With what only a look knows, where it is one. */
interface Had extends Omit<z.infer<typeof shape>, 'rules'> {
  rules: (Pick<SendingRule, 'id' | 'name'> & Partial<SendingRule>)[] | null
  devices?: MobileDevice[] | null | undefined
  outside?: string | null
}

interface Ways extends Had {
  mailbox: Mailbox | null
  outside: string | null
  inside: string | null
  /** Also those that are off, or send to somebody inside. */
  allRules: SendingRule[]
  parts: NamedParts
}

const onPremises =
  'The forwarding is kept in Active Directory (altRecipient), and the person is synced: clear it on premises.'

/** Exchange tells its servers of a change within a minute. */
const settlesWithin = 60_000

/** No mail leaves the organization by itself, and no phone fetches any. Rules are disabled, not deleted. */
export function mailKeptIn(ground: GoalGround, subject: Holder): AccountGoal<Ways, Sent> {
  const { exchange, domains } = ground
  const { account, options, readings } = subject
  const erases = options.devices === 'erase'
  const isOpen = (device: MobileDevice) => !(erases && device.wipeAskedAt !== null)

  return goalBelow<Ways, Had>(ground, subject, {
    kind: 'mail-kept-in',
    summary: 'No mail is sent on to outside, and no phone fetches mail',
    needs: ['user', 'mailbox', 'forwarding', 'rules', 'protocols', 'mobile devices'],
    async read(moment) {
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
      return seen({
        mailbox,
        forwarding: mailbox,
        outside: forwarding.value?.outside ?? null,
        inside: forwarding.value?.inside ?? null,
        rules: outside.value?.filter(({ enabled }) => enabled) ?? null,
        allRules: rules.value ?? [],
        protocols: protocols.value ?? null,
        devices: devices.value ?? null,
        parts: {
          'Where mail is forwarded to': forwarding,
          'Rules of the inbox': rules,
          'Which rules send to outside': rules.error ? undefined : outside,
          'Ways in for phones': protocols,
          'Phones with this mailbox': devices,
        },
      })
    },
    parts: ({ parts }) => parts,
    things: (had, now) =>
      now.mailbox === null
        ? []
        : [
            ...forwardingThing(had, now.mailbox),
            ...(had.rules ?? []).map(rule => ruleThing(rule, now)),
            ...protocolsThing(had, now.mailbox, now),
            ...phoneThings(had, now.mailbox),
          ],
    warnings: ({ devices }) =>
      !erases && devices?.some(isOpen)
        ? ['Phones lose their connection to the mailbox; what they have fetched stays on them (--devices erase).']
        : [],
    residual: residualOf,
    shown: now => {
      const { forwarding, ...kept } = shape.parse(now)
      return { forwarding, outside: now.outside, ...kept, phones: now.devices?.map(({ name }) => name) ?? null }
    },
    settlesWithin,
    back: {
      shape,
      what: `where mail of ${account.login} went`,
      place: exchangeCenter,
      summary: () => 'Forwarding, rules and ways in are as they were',
      after: ['successor-let-in'],
      warnings: () => ['Phones connect with the mailbox again when somebody signs in on them.'],
    },
  })

  async function outsideOf({ value, error }: Part<SendingRule[]>): Promise<Part<SendingRule[]>> {
    if (error !== undefined) return { error }
    if (!value.some(({ enabled }) => enabled)) return { value: [] }
    return partOf(domains().then(known => value.filter(({ to }) => to.some(one => isOutside(one, known)))))
  }

  function forwardingThing({ forwarding, outside }: Had, mailbox: Mailbox): Thing<Sending>[] {
    const { forwardsTo = null, forwardsOut = null, keepsCopy = false } = forwarding ?? {}
    if (forwardsTo === null && forwardsOut === null) return []
    const isOnPremises = mailbox.synced && mailbox.forwardsTo !== null
    const none = {
      // Of who is synced it is kept in Active Directory, and naming it would be refused.
      ...(mailbox.forwardsTo === null ? {} : { ForwardingAddress: null }),
      ForwardingSmtpAddress: null,
      DeliverToMailboxAndForward: false,
    }
    const was = {
      ...(mailbox.forwardsTo === forwardsTo ? {} : { ForwardingAddress: forwardsTo }),
      ForwardingSmtpAddress: forwardsOut,
      DeliverToMailboxAndForward: keepsCopy,
    }
    return [
      {
        id: 'forwarding',
        same: `forwarding to ${forwardsTo} and ${forwardsOut}`,
        what: 'Forwarding',
        name: outside ?? forwardsOut ?? forwardsTo ?? '',
        take: isOnPremises ? { why: onPremises } : { ask: () => exchange.setMailbox(mailbox, none) },
        give: { ask: () => exchange.setMailbox(mailbox, was) },
        stays: !outside,
        shows: ['mailbox', 'forwarding'],
      },
    ]
  }

  /** One that was deleted meanwhile cannot be enabled. */
  function ruleThing({ id, name, readOnly }: NonNullable<Had['rules']>[number], { allRules }: Ways): Thing<Sending> {
    const isOff = allRules.some(one => one.id === id && !one.enabled)
    return {
      id,
      what: 'Rules',
      name,
      without: 'disabled',
      take: readOnly ? { why: `Disable the rule "${name}" in Outlook.` } : () => setRule(account.id, id, false),
      ...(isOff ? { give: () => setRule(account.id, id, true) } : {}),
      shows: ['rules'],
    }
  }

  function protocolsThing({ protocols: had }: Had, mailbox: Mailbox, { protocols: now }: Ways): Thing<Sending>[] {
    if (!had) return []
    const differ = now !== null && Object.entries(had).some(([name, is]) => now[name] !== is)
    return [
      {
        id: 'protocols',
        same: `protocols ${JSON.stringify(had)}`,
        what: 'Mail on phones',
        name: 'allowed',
        without: 'off',
        take: { ask: () => exchange.setProtocols(mailbox, protocolsOff) },
        ...(differ ? { give: { ask: () => exchange.setProtocols(mailbox, had) } } : {}),
        stays: isOff(had),
        shows: ['protocols'],
      },
    ]
  }

  function phoneThings({ devices }: Had, mailbox: Mailbox): Thing<Sending>[] {
    return (devices ?? []).filter(isOpen).map(({ identity, name }) => ({
      id: identity,
      what: 'Phones',
      name,
      without: erases ? 'mail erased' : 'disconnected',
      take: {
        ask: () =>
          erases ? exchange.clearMobileDevice(mailbox, identity) : exchange.removeMobileDevice(mailbox, identity),
      },
      shows: ['mobile devices'],
    }))
  }

  function residualOf({ mailbox, inside, rules, allRules, devices }: Ways): string[] {
    if (mailbox === null) return []
    const kept = allRules.filter(({ id, enabled }) => enabled && !rules?.some(one => one.id === id))
    const erasing = erases ? (devices ?? []).filter(one => !isOpen(one)) : []
    return [
      ...(inside ? [`Mail is forwarded to ${inside}, inside the organization.`] : []),
      ...kept.map(({ name, to }) => `The rule "${name}" sends mail on to ${to.join(', ')}, inside the organization.`),
      ...erasing.map(({ name }) => `"${name}" removes its mail when it connects next.`),
      'Rules of the inbox that Outlook hides cannot be seen over Graph: Get-InboxRule -IncludeHidden shows them.',
    ]
  }
}
