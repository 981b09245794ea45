import type { Quirk } from '../simulator.ts'

/** How this Google misbehaves, each as documented or reported: all off until `POST control/quirks {name: true}`. */
export const quirks = [
  {
    name: 'hideCredentialsOfSuspended',
    source: 'github.com/cartography-cncf/cartography/pull/2724',
    what: 'Lists of app passwords, OAuth tokens and backup codes of a suspended user are answered with 401.',
  },
  {
    name: 'basicMobileManagement',
    source: 'support.google.com/a/answer/7400753, what basic mobile management offers',
    what: 'Phones have basic management only: they cannot be blocked.',
  },
  {
    name: 'groupsLag',
    source: 'github.com/GAM-team/GAM/issues/1563',
    what: 'The list of the groups of a person shows for 8 seconds longer those that they left.',
  },
  {
    name: 'readsLag',
    source: 'github.com/hashicorp/terraform-provider-googleworkspace/pull/46',
    what: 'One user, or one member of a group, is shown for 25 seconds as before each change.',
  },
  {
    name: 'ratesRefused',
    source: 'github.com/GAM-team/GAM/issues/597',
    what: 'Every third request is refused with 403 quotaExceeded, "Request rate higher than configured."',
  },
  {
    name: 'requestsMeet',
    source: 'github.com/SCRT-HQ/PSGSuite/issues/348',
    what: 'Every second change of a user is answered with 409, "Conflicting requests. Please try again."',
  },
  {
    name: 'smallPages',
    source: 'developers.google.com/workspace/admin/directory/v1/guides/manage-users, nextPageToken',
    what: 'Lists come in pages of one, whatever was asked for.',
  },
] as const satisfies readonly Quirk[]

export type QuirkName = (typeof quirks)[number]['name']
