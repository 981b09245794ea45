import { K1Error } from '../../core/errors.ts'
import { rememberSecret } from '../../core/redact.ts'
import { microsoft365About as about } from './about.ts'
import { hostsOf } from './clouds.ts'

export type Credentials =
  | { kind: 'client-secret'; clientSecret: string }
  | { kind: 'certificate'; pem: string }
  | { kind: 'device-code'; refreshToken: string | undefined }

/** What the settings say, read and checked. */
export interface Connection {
  url: string
  signInUrl: string
  /** Of Exchange Online; undefined where the hosts are not Microsoft's and nobody said which it is. */
  exchangeUrl: string | undefined
  /** Of Exchange Online's PowerShell; undefined: the one that it takes by itself. */
  environment?: string | undefined
  tenantId: string
  clientId: string
  credentials: Credentials
  removesLicences: boolean
  autoReply: string | undefined
  /** The mailbox becomes a shared one; `left`: it stays as it is. */
  mailbox: 'shared' | 'left'
  /** Who gets what the leaver had: whom `--successor` names, their manager where nobody is named, or nobody the mailbox. */
  heir: 'named' | 'manager' | 'nobody'
  /** Distribution lists are left, where they may be. */
  leavesLists: boolean
  /** All mailboxes are searched for what the leaver may open. */
  searchesMailboxes: boolean
  clearsImmutableId: boolean
  /** Windows Autopilot no longer gives a device to them. */
  unassignsAutopilot: boolean
  /** New mail also goes to the successor, where there is one. */
  forwards: boolean
}

/** @throws K1Error `not-set-up`, `usage` */
export function readConnection(settings: Readonly<Record<string, string>>): Connection {
  const missing: string[] = []
  const need = (key: string): string => {
    const field = about.settings.find(one => one.key === key)
    const value = (settings[key] ?? field?.defaultValue ?? '').trim()
    if (value === '') missing.push(key)
    else if (field?.secret) rememberSecret(value)
    return value
  }
  const connection = {
    ...hostsOf(settings),
    tenantId: need('tenantId'),
    clientId: need('clientId'),
    credentials: readCredentials(need),
    removesLicences: chosen(need('licences'), 'licences', ['keep', 'remove']) === 'remove',
    autoReply: settings.autoReply?.trim() || undefined,
    mailbox: chosen(need('mailbox'), 'mailbox', ['shared', 'left']),
    heir: chosen(need('successor'), 'successor', ['named', 'manager', 'nobody']),
    leavesLists: chosen(need('lists'), 'lists', ['left', 'kept']) === 'left',
    searchesMailboxes: chosen(need('othersMailboxes'), 'othersMailboxes', ['kept', 'left']) === 'left',
    clearsImmutableId: chosen(need('immutableId'), 'immutableId', ['kept', 'cleared']) === 'cleared',
    unassignsAutopilot: chosen(need('autopilot'), 'autopilot', ['kept', 'unassigned']) === 'unassigned',
    forwards: chosen(need('forward'), 'forward', ['no', 'successor']) === 'successor',
  }
  if (missing.length > 0) {
    throw new K1Error('not-set-up', `The connection to ${about.title} lacks ${missing.join(', ')}.`, {
      hint: `Run k1ctl connect ${about.id}.`,
      facts: { missing },
    })
  }
  return connection

  function readCredentials(need: (key: string) => string): Credentials {
    switch (chosen(need('auth'), 'auth', ['client-secret', 'certificate', 'device-code'])) {
      case 'certificate':
        return { kind: 'certificate', pem: need('certificate') }
      case 'device-code': {
        const refreshToken = settings.refreshToken?.trim() || undefined
        if (refreshToken !== undefined) rememberSecret(refreshToken)
        return { kind: 'device-code', refreshToken }
      }
      default:
        return { kind: 'client-secret', clientSecret: need('clientSecret') }
    }
  }
}

function chosen<T extends string>(value: string, key: string, choices: readonly T[]): T {
  const found = choices.find(one => one === value)
  if (found !== undefined) return found
  throw new K1Error('usage', `"${value}" is no choice for ${key} of ${about.title}.`, {
    hint: `Choose one of: ${choices.join(', ')}.`,
    facts: { setting: key },
  })
}
