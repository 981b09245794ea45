import type { AccountGoalAbout, AccountGoalKind } from '../../core/account-kinds.ts'
import { commaList, like, webAddress } from '../../core/setting-checks.ts'
import type { SystemAbout } from '../../core/system.ts'

/** The goals that a receiver may be asked for, in the order in which they are brought about. */
export const webhookKinds = [
  'admin-roles-dropped',
  'sign-in-blocked',
  'sessions-ended',
  'credentials-revoked',
  'groups-left',
  'access-freed',
  'devices-released',
  'deleted',
] as const satisfies readonly AccountGoalKind[]

export type WebhookKind = (typeof webhookKinds)[number]

const whereItCan = 'Where the receiver can, and the setting kinds names it.'

function reached(kind: WebhookKind, note = whereItCan): AccountGoalAbout {
  return { kind, how: 'reached', note }
}

/** Anything of the operator's own that has no connector: told apart by the name that the operator gives it. */
export const webhookAbout: SystemAbout = {
  id: 'webhook',
  title: 'Webhook',
  aliases: ['webhooks', 'http-receiver'],
  reach: 'contract',
  named: true,
  settings: [
    {
      key: 'url',
      label: 'URL of your receiver, which speaks the contract of k1ctl systems contract webhook',
      secret: false,
      required: true,
      example: 'https://badges.msp.example/k1ctl',
      check: webAddress,
    },
    {
      key: 'secret',
      label: 'Signing secret (whsec_…; two, with a space between them, while you change it)',
      secret: true,
      required: true,
    },
    {
      key: 'kinds',
      label: `What the receiver can do, with commas: ${webhookKinds.join(', ')}`,
      secret: false,
      required: false,
      example: 'sign-in-blocked,credentials-revoked',
      check: commaList(webhookKinds),
      defaultValue: 'sign-in-blocked',
    },
    {
      key: 'reads',
      label: 'Can the receiver tell how things are?',
      secret: false,
      required: false,
      suggestions: [
        { value: 'yes', label: 'yes: it is asked, and what it did is read back' },
        { value: 'no', label: 'no: it only takes messages, and nothing is proved' },
      ],
      defaultValue: 'yes',
      check: like(/^(yes|no)$/i, 'It is yes or no.'),
    },
  ],
  features: [],
  rights: ['the signing secret, which the receiver knows too'],
  isModule: false,
  contract: true,
  people: 'People of a system of your own, over a signed webhook: finds, blocks, and does what else your receiver can.',
  searchedBy: 'a word that the receiver compares with e-mails, log-ins and aliases',
  absence: 'The receiver says so; k1ctl does not see past it.',
  step: 'applications',
  accountGoals: [
    reached('admin-roles-dropped'),
    reached('sign-in-blocked', 'Read back as active: false.'),
    reached('sessions-ended'),
    reached('credentials-revoked', `${whereItCan} Is not undone.`),
    reached('groups-left'),
    reached('access-freed'),
    { kind: 'data-handed-over', how: 'not-here', note: 'The contract moves no data.' },
    reached('devices-released', `${whereItCan} It is asked to release them, never to lock or erase.`),
    reached('deleted', 'Only with --delete, where kinds names it.'),
  ],
  residual: [
    'What the receiver says is what is proved: k1ctl does not see past it.',
    'What the setting kinds of the connection does not name is left as it is.',
  ],
  accountSteps: [
    'Open the administration of this system and find {person}.',
    'Take administrative rights away, block the account, and end what is open: sessions, codes, tokens.',
    'Take the account out of all groups.',
  ],
}
