import type { Quirk } from '../simulator.ts'
import { GoogleError } from './google-error.ts'
import type { GoogleState } from './state.ts'

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

export function allOff(): Record<QuirkName, boolean> {
  return {
    hideCredentialsOfSuspended: false,
    basicMobileManagement: false,
    groupsLag: false,
    ratesRefused: false,
    requestsMeet: false,
    smallPages: false,
  }
}

/** What comes before any answer. @throws GoogleError */
export function misbehave(state: GoogleState, method: string, path: string): void {
  state.requests += 1
  if (state.quirks.ratesRefused && state.requests % 3 === 0) {
    throw new GoogleError(403, 'quotaExceeded', 'Request rate higher than configured.')
  }
  if (state.quirks.requestsMeet && method === 'PUT' && /\/users\/[^/]+$/.test(path)) {
    state.changes += 1
    if (state.changes % 2 === 1) throw new GoogleError(409, 'conflict', 'Conflicting requests. Please try again.')
  }
}

/** @throws Error that names the wrong one: a misspelt quirk must not pass unnoticed */
export function setQuirks(state: GoogleState, wanted: Readonly<Record<string, unknown>>): void {
  const known = Object.keys(state.quirks)
  const wrong = Object.keys(wanted).find(name => !known.includes(name))
  if (wrong !== undefined) throw new Error(`There is no quirk ${wrong}, only ${known.join(', ')}.`)
  Object.assign(state.quirks, wanted)
}
