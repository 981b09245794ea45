import type { WebhookKind } from './about.ts'
import type { Details } from './messages.ts'

interface Wording {
  summary: string
  /** Once it is given back. */
  back: string
  what: string
  before: string
  after: string
}

/** What each goal is called in front of people. The receiver's own words for what is there come from its details. */
export const wordings: Record<WebhookKind, Wording> = {
  'admin-roles-dropped': {
    summary: 'Administrative rights are dropped',
    back: 'Administrative rights are given back',
    what: 'Administrative rights',
    before: 'some',
    after: 'none',
  },
  'sign-in-blocked': {
    summary: 'Sign-in is blocked',
    back: 'Sign-in is allowed again',
    what: 'Sign-in',
    before: 'allowed',
    after: 'blocked',
  },
  'sessions-ended': {
    summary: 'Sessions are ended',
    back: 'Sessions are open again',
    what: 'Sessions',
    before: 'open',
    after: 'ended',
  },
  'credentials-revoked': {
    summary: 'Credentials are revoked',
    back: 'Credentials are valid again',
    what: 'Credentials',
    before: 'valid',
    after: 'revoked',
  },
  'groups-left': {
    summary: 'All groups are left',
    back: 'Groups are joined again',
    what: 'Groups',
    before: 'some',
    after: 'none',
  },
  'access-freed': {
    summary: 'Licences and other access are freed',
    back: 'Licences and other access are given back',
    what: 'Licences and other access',
    before: 'in use',
    after: 'freed',
  },
  'devices-released': {
    summary: 'Devices are released',
    back: 'Devices are given back',
    what: 'Devices',
    before: 'assigned',
    after: 'released',
  },
  deleted: { summary: 'The account is deleted', back: '', what: 'Account', before: 'there', after: 'deleted' },
}

/** "doors: Workshop; Front door, since: 2024"; what there is none of is left out. */
export function detailText(details: Details | undefined): string {
  return Object.entries(details ?? {})
    .map(([name, value]) => [name, Array.isArray(value) ? value.join('; ') : String(value ?? '')] as const)
    .filter(([, text]) => text !== '')
    .map(([name, text]) => `${name}: ${text}`)
    .join(', ')
}
