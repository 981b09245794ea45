import { rightsIn } from '../../core/needed-right.ts'
import { webAddress } from '../../core/setting-checks.ts'
import type { SystemAbout } from '../../core/system.ts'
import { neededRights } from './needed-rights.ts'

const { rights, unchecked } = rightsIn(neededRights)

/** Any service with SCIM 2.0 endpoints (RFC 7643, 7644): told apart by the name that the operator gives it. */
export const scimAbout: SystemAbout = {
  id: 'scim',
  title: 'SCIM 2.0 service',
  aliases: ['scim2', 'scim-2.0'],
  reach: 'api',
  named: true,
  settings: [
    {
      key: 'url',
      label: 'SCIM base URL (what comes before /Users)',
      secret: false,
      required: true,
      example: 'https://chat.example/scim/v2',
      check: webAddress,
    },
    { key: 'token', label: 'Bearer token', secret: true, required: true },
  ],
  features: [],
  rights: ['a bearer token that may:', ...rights],
  unchecked,
  isModule: false,
  contract: false,
  people: 'People and groups over SCIM 2.0: finds, blocks, takes out of groups, and deletes when asked.',
  searchedBy: 'user name or e-mail, over SCIM',
  step: 'applications',
  accountGoals: [
    {
      kind: 'admin-roles-dropped',
      how: 'reached',
      note: 'Where accounts have roles. Roles whose names speak of administrators, owners or root count; no standard says which do.',
    },
    { kind: 'sign-in-blocked', how: 'reached' },
    { kind: 'sessions-ended', how: 'not-here', note: 'SCIM has no sessions.' },
    { kind: 'credentials-revoked', how: 'not-here', note: 'SCIM shows neither API tokens nor app passwords.' },
    { kind: 'groups-left', how: 'reached' },
    {
      kind: 'access-freed',
      how: 'not-here',
      note: 'Whether a blocked account still costs a seat is up to the service.',
    },
    { kind: 'data-handed-over', how: 'not-here', note: 'SCIM moves no data.' },
    { kind: 'devices-released', how: 'not-here' },
    { kind: 'deleted', how: 'reached', note: 'Only with --delete.' },
  ],
  residual: ['Sessions that are open, API tokens and app passwords may last until the service itself ends them.'],
  accountSteps: [
    "Open the service's administration of users and find {person}.",
    'Take administrative roles away, deactivate the account, and end its sessions and API tokens.',
    'Take the account out of all groups.',
  ],
}
