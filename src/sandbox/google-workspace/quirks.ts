import { GoogleError } from './google-error.ts'
import type { QuirkName } from './known-quirks.ts'
import type { GoogleState } from './state.ts'

export function allOff(): Record<QuirkName, boolean> {
  return {
    hideCredentialsOfSuspended: false,
    basicMobileManagement: false,
    groupsLag: false,
    readsLag: false,
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

/** So long reads of one thing show what was there before a change, in milliseconds. */
const staleMs = 25_000

/** Keeps what is there now for readers who do not hear of the change yet. */
export function rememberBefore({ quirks, users, groups, before }: GoogleState, now: Date): void {
  if (quirks.readsLag) before.push(structuredClone({ at: now.getTime(), users, groups }))
}

/** What a reader of one user or of one member is shown. */
export function seenBy(state: GoogleState, now: Date): GoogleState {
  const since = now.getTime() - staleMs
  const old = state.quirks.readsLag ? state.before.find(({ at }) => at > since) : undefined
  return old === undefined ? state : { ...state, users: old.users, groups: old.groups }
}

/** @throws Error that names the wrong one: a misspelt quirk must not pass unnoticed */
export function setQuirks(state: GoogleState, wanted: Readonly<Record<string, unknown>>): void {
  const known = Object.keys(state.quirks)
  const wrong = Object.keys(wanted).find(name => !known.includes(name))
  if (wrong !== undefined) throw new Error(`There is no quirk ${wrong}, only ${known.join(', ')}.`)
  Object.assign(state.quirks, wanted)
}
