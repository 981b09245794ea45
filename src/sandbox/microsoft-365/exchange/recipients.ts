import { guidOf } from '../guid.ts'
import type { Group, TenantState, User } from '../tenant-state.ts'
import { nobody } from './exchange-failure.ts'
import type { MailContact, SimulatedMailbox } from './mailbox-state.ts'
import { mailboxOf } from './mailboxes.ts'

export interface Box {
  user: User
  mailbox: SimulatedMailbox
}

/** By id, address, log-in name or display name, as Exchange takes them. */
export function boxOf(state: TenantState, identity: string): Box {
  const user = userOf(state, identity)
  const mailbox = user && mailboxOf(state, user)
  if (user === undefined || mailbox === undefined) throw nobody(identity)
  return { user, mailbox }
}

export function userOf(state: TenantState, identity: string): User | undefined {
  const wanted = identity.toLowerCase()
  return state.users.find(user =>
    [user.id, user.userPrincipalName, user.mail ?? '', user.displayName, dnOf(state, user.displayName)].some(
      name => name.toLowerCase() === wanted,
    ),
  )
}

export function listOf(state: TenantState, identity: string): Group {
  const found = lists(state).find(({ id, displayName }) => [id, guidOf('list', id), displayName].includes(identity))
  if (found === undefined) throw nobody(identity)
  return found
}

/** Groups that belong to Exchange. */
export function lists(state: TenantState): Group[] {
  return state.groups.filter(({ mailEnabled, groupTypes }) => mailEnabled && groupTypes.length === 0)
}

export function dnOf({ domain }: TenantState, name: string): string {
  return `CN=${name},OU=${domain},OU=Microsoft Exchange Hosted Organizations,DC=EURPR01A001,DC=PROD,DC=OUTLOOK,DC=COM`
}

export function mailboxView(state: TenantState, { user, mailbox }: Box): object {
  const archive = mailbox.archive ? guidOf('archive', user.id) : '00000000-0000-0000-0000-000000000000'
  return {
    '@odata.type': '#Exchange.Mailbox',
    ExternalDirectoryObjectId: user.id,
    Guid: guidOf('mailbox', user.id),
    Identity: user.displayName,
    DisplayName: user.displayName,
    DistinguishedName: dnOf(state, user.displayName),
    UserPrincipalName: user.userPrincipalName,
    PrimarySmtpAddress: user.mail ?? user.userPrincipalName,
    RecipientTypeDetails: mailbox.type,
    HiddenFromAddressListsEnabled: mailbox.hidden,
    ForwardingAddress: mailbox.forwardingAddress,
    ForwardingSmtpAddress: mailbox.forwardingSmtpAddress,
    DeliverToMailboxAndForward: mailbox.keepsCopy,
    ArchiveStatus: mailbox.archive ? 'Active' : 'None',
    ArchiveGuid: archive,
    LitigationHoldEnabled: mailbox.litigationHold,
    InPlaceHolds: mailbox.inPlaceHolds,
    IsDirSynced: user.onPremisesSyncEnabled === true,
    GrantSendOnBehalfTo: mailbox.onBehalf,
  }
}

export function recipientView(state: TenantState, { user, mailbox }: Box): object {
  return {
    ExternalDirectoryObjectId: user.id,
    Guid: guidOf('mailbox', user.id),
    DisplayName: user.displayName,
    DistinguishedName: dnOf(state, user.displayName),
    PrimarySmtpAddress: user.mail ?? user.userPrincipalName,
    RecipientTypeDetails: mailbox.type,
    ExternalEmailAddress: null,
    IsDirSynced: user.onPremisesSyncEnabled === true,
  }
}

export function listView(
  state: TenantState,
  { id, displayName, securityEnabled, onPremisesSyncEnabled }: Group,
): object {
  return {
    ExternalDirectoryObjectId: id,
    Guid: guidOf('list', id),
    DisplayName: displayName,
    DistinguishedName: dnOf(state, displayName),
    PrimarySmtpAddress: `${displayName.toLowerCase().replace(/[^a-z0-9]+/g, '-')}@${state.domain}`,
    RecipientTypeDetails: securityEnabled ? 'MailUniversalSecurityGroup' : 'MailUniversalDistributionGroup',
    ExternalEmailAddress: null,
    IsDirSynced: onPremisesSyncEnabled === true,
  }
}

/** The same, with whose it is: ids, as they are shown without IncludeManagedByWithDisplayNames. */
export function ownedListView(state: TenantState, list: Group): object {
  return { ...listView(state, list), ManagedBy: list.owners }
}

export function contactView(state: TenantState, { guid, name, external }: MailContact): object {
  return {
    ExternalDirectoryObjectId: '',
    Guid: guid,
    DisplayName: name,
    DistinguishedName: dnOf(state, name),
    PrimarySmtpAddress: external,
    RecipientTypeDetails: 'MailContact',
    ExternalEmailAddress: `SMTP:${external}`,
    IsDirSynced: false,
  }
}
