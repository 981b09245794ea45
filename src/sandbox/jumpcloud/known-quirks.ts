import type { Quirk } from '../simulator.ts'

/** How this JumpCloud misbehaves, each as documented or reported: all off until `POST control/quirks {name: true}`. */
export const quirks = [
  {
    name: 'adminFieldMissing',
    source: "JumpCloud API 1, published contract: systemuserreturn has no member 'admin'",
    what: 'Users do not show whether they are administrators of the console.',
  },
  {
    name: 'selfHidden',
    source: 'JumpCloud API 1, published contract: /users/getSelf is there by its path alone, without an operation',
    what: 'Nobody is told whose API key it is: getSelf answers 404.',
  },
  {
    name: 'shortPages',
    source: 'github.com/TheJumpCloud/support/issues/369',
    what: 'Rows of things that are gone are left out of a page: one with fewer rows than asked for need not be the last.',
  },
  {
    name: 'devicesHidden',
    source: 'jumpcloud.com/support/custom-admin-roles, Device Management: No Access',
    what: 'Devices, and who uses them, may not be read (403).',
  },
  {
    name: 'administratorsHidden',
    source: 'jumpcloud.com/support/admin-portal-roles, which apply to the API key of each administrator',
    what: 'Administrators may not be read (403).',
  },
] as const satisfies readonly Quirk[]

export type QuirkName = (typeof quirks)[number]['name']
