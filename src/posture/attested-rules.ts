import type { Attestation } from '../core/attestation.ts'
import type { FeatureKey } from '../core/features.ts'
import { featureOf, type Intent } from './intent.ts'
import { listedNames, type Rule, ruleId, wantedText } from './rule.ts'

/** What is attested of one feature: whether it is on, and what else a person saw to. */
export type AttestedPart = Pick<Attestation, 'feature' | 'state' | 'rules'>

/** All that a posture says of the feature; its state is on where it says none. */
export function attestedOf(feature: FeatureKey, rules: readonly Rule[]): AttestedPart {
  const own = rules.filter(rule => rule.feature === feature)
  const state = own.find(rule => rule.kind === 'state')
  return {
    feature,
    state: state?.kind === 'state' && !state.on ? 'off' : 'on',
    rules: Object.fromEntries(own.map(rule => [rule.id, wantedText(rule)])),
  }
}

/** What somebody attests who says that a goal of a run was brought about by hand. */
export function attestedByIntent(intent: Intent): AttestedPart {
  const feature = featureOf(intent)
  const rules: Record<string, string> = {}
  const lists = (users: readonly string[] | undefined, roles: readonly string[] | undefined) => {
    if (users) rules[ruleId('users', feature)] = listedNames(users, 'none')
    if (roles) rules[ruleId('roles', feature)] = listedNames(roles, 'none')
  }
  switch (intent.kind) {
    case 'feature':
      if (intent.exactly) lists(intent.exceptUsers, intent.exceptRoles)
      return { feature, state: intent.on ? 'on' : 'off', rules }
    case 'exceptions':
      if (intent.mode === 'set') {
        lists(intent.only === 'roles' ? undefined : intent.users, intent.only === 'users' ? undefined : intent.roles)
      }
      break
    case 'defaults':
      for (const [key, word] of Object.entries(intent.values)) rules[ruleId('default', feature, key)] = word
      break
    case 'map':
      rules[ruleId('group', feature, intent.group)] = listedNames(intent.roles, 'not mapped')
      break
    case 'unmap':
      rules[ruleId('group', feature, intent.group)] = 'not mapped'
  }
  return { feature, state: 'on', rules }
}
