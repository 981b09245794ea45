import type { Intent } from './intent.ts'
import type { PostureRow } from './posture-row.ts'
import type { Rule } from './rule.ts'

/**
 * What would make the rules of one module hold, as intents in an order in which they can: defaults and exceptions go
 * along with what needs them. What holds, is accepted or has no licence is left alone.
 */
export function intentsFor(rows: readonly PostureRow[]): Intent[] {
  const wanted = rows.filter(({ state }) => state !== 'accepted' && state !== 'unlicensed')
  const open = wanted.filter(({ state }) => state !== 'holds' && state !== 'attested').map(({ rule }) => rule)
  const defaults = open.flatMap(rule => (rule.kind === 'default' ? [[rule.key, rule.word] as const] : []))
  return [
    ...(defaults.length > 0 ? [{ kind: 'defaults', values: Object.fromEntries(defaults) } as const] : []),
    ...requireIntents(
      open,
      wanted.map(({ rule }) => rule),
    ),
    ...open.flatMap((rule): Intent[] =>
      rule.kind === 'state' && rule.feature !== 'require-log-in'
        ? [{ kind: 'feature', feature: rule.feature, on: rule.on }]
        : [],
    ),
    ...open.flatMap((rule): Intent[] => (rule.kind === 'group' ? [groupIntent(rule)] : [])),
  ]
}

/** Turned on, Require Log In takes its exceptions in the same change: without them it would lock people out between. */
function requireIntents(open: readonly Rule[], wanted: readonly Rule[]): Intent[] {
  const state = open.find(rule => rule.kind === 'state' && rule.feature === 'require-log-in')
  const listIn = (rules: readonly Rule[], kind: 'users' | 'roles') =>
    rules.flatMap(rule => (rule.kind === kind ? [rule.words] : []))[0]
  if (state?.kind === 'state' && state.on) {
    const [users, roles] = [listIn(wanted, 'users'), listIn(wanted, 'roles')]
    return [
      {
        kind: 'feature',
        feature: 'require-log-in',
        on: true,
        exactly: true,
        ...(users ? { exceptUsers: users } : {}),
        ...(roles ? { exceptRoles: roles } : {}),
      },
    ]
  }
  const [users, roles] = [listIn(open, 'users'), listIn(open, 'roles')]
  const only = users && roles ? {} : ({ only: users ? 'users' : 'roles' } as const)
  const lists: Intent[] =
    users || roles ? [{ kind: 'exceptions', mode: 'set', users: users ?? [], roles: roles ?? [], ...only }] : []
  return state ? [...lists, { kind: 'feature', feature: 'require-log-in', on: false }] : lists
}

function groupIntent({ group, words }: Extract<Rule, { kind: 'group' }>): Intent {
  return words.length === 0 ? { kind: 'unmap', group } : { kind: 'map', group, roles: words }
}
