import type { Quirk } from '../simulator.ts'

/** How this Graph misbehaves, each as documented or reported: all off until `POST control/quirks {name: true}`. */
export const quirks = [
  {
    name: 'hiddenGroups',
    source:
      'learn.microsoft.com/graph/permissions-overview, "Limited information returned for inaccessible member objects"',
    what: 'memberOf shows of a group its type and id, and null for all else, as without the right to read groups.',
  },
  {
    name: 'intuneUnauthorized',
    source: 'github.com/microsoftgraph/microsoft-graph-docs/issues/13096',
    what: 'Intune answers reading with 401, its own error as JSON inside the message.',
  },
  {
    name: 'intuneThrottled',
    source: 'learn.microsoft.com/graph/throttling-limits, Intune',
    what: 'Intune answers reading with 429 and asks to wait 300 seconds.',
  },
  {
    name: 'intuneTimesOut',
    source: 'learn.microsoft.com/graph/errors, 504',
    what: 'Intune answers reading with 504.',
  },
  {
    name: 'oldResults',
    source: 'learn.microsoft.com/graph/api/resources/intune-devices-deviceactionresult',
    what: 'Every device was retired a year ago, and enrolled again.',
  },
  {
    name: 'registeredHidden',
    source: 'learn.microsoft.com/graph/api/user-list-registereddevices',
    what: 'registeredDevices is refused (403) to an application.',
  },
  {
    name: 'noPrivilegedIdentity',
    source: 'learn.microsoft.com/entra/id-governance/privileged-identity-management/subscription-requirements',
    what: 'Reading what roles somebody may activate is refused: the tenant has no licence for it.',
  },
  {
    name: 'noExternalMethods',
    source: 'learn.microsoft.com/graph/deployments',
    what: 'A cloud that does not know externalAuthenticationMethods.',
  },
  {
    name: 'rolesForbidden',
    source: 'learn.microsoft.com/graph/api/rbacapplication-list-roleassignments',
    what: 'Role assignments may not be read (403).',
  },
  {
    name: 'partsFailOnce',
    source: 'learn.microsoft.com/graph/json-batching, "each has a status code of its own"',
    what: 'Of every batch the first part fails once with 423 (Locked).',
  },
  {
    name: 'licencesHidden',
    source: 'learn.microsoft.com/graph/permissions-overview',
    what: 'licenseAssignmentStates of a person is null.',
  },
  {
    name: 'conversionNever',
    source: 'github.com/KelvinTegelaar/CIPP/issues/1494',
    what: 'Exchange accepts that a mailbox is to be a shared one, and it stays one of a person.',
  },
  {
    name: 'holdsHidden',
    source: 'learn.microsoft.com/powershell/module/exchangepowershell/get-mailbox',
    what: 'Whether a mailbox is on hold or has an archive is null.',
  },
  {
    name: 'wideHoldsHidden',
    source: 'learn.microsoft.com/powershell/module/exchangepowershell/get-organizationconfig',
    what: 'Holds over all mailboxes are null.',
  },
  {
    name: 'listsCut',
    source: 'learn.microsoft.com/powershell/module/exchangepowershell/get-recipient, ResultSize',
    what: 'Exchange leaves the last one out of every list, and warns of it with its 200.',
  },
  {
    name: 'identityListsAll',
    source: 'learn.microsoft.com/powershell/module/exchangepowershell/get-recipientpermission, Identity',
    what: 'A cmdlet that reads lists everybody where its identity is nobody.',
  },
  {
    name: 'exchangeRefuses',
    source: 'learn.microsoft.com/powershell/exchange/app-only-auth-powershell-v2',
    what: 'Exchange answers 403 to an app whose role was assigned a moment ago.',
  },
  {
    name: 'exchangeHasNoBatch',
    source: 'learn.microsoft.com/powershell/exchange/exchange-online-powershell-v2, which tells of no batches',
    what: 'Exchange takes one cmdlet a request: its $batch answers 400.',
  },
] as const satisfies readonly Quirk[]

export type QuirkName = (typeof quirks)[number]['name']

/** @throws Error that names the wrong one: a misspelt quirk must not pass unnoticed */
export function setQuirks(on: Set<QuirkName>, wanted: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(wanted)) {
    const known = quirks.find(quirk => quirk.name === name)
    if (known === undefined)
      throw new Error(`There is no quirk ${name}, only ${quirks.map(one => one.name).join(', ')}.`)
    if (value === true) on.add(known.name)
    else on.delete(known.name)
  }
}
