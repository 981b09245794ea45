import { type Features, fields } from './features.ts'
import { stringList, stringMember } from './json.ts'
import { Problem } from './problem.ts'
import type { FeatureKey, Profile } from './profile.ts'

/** What the rules have to know beyond the settings. */
export interface Surroundings {
  profile: Profile
  isUser(id: string): boolean
  /** Could anybody log in without KaseyaOne, if these were the settings? */
  hasWayIn(features: Features): boolean
}

/**
 * The settings after a merge patch, with every rule of the contract held; nothing is changed in place.
 * @throws Problem `invalid`, `prerequisite` or `lock-out`
 */
export function patchFeatures(before: Features, patch: Record<string, unknown>, around: Surroundings): Features {
  const { profile } = around
  const after = structuredClone(before)
  for (const member of Object.keys(patch)) {
    const feature = profile.features.find(key => fields[key] === member)
    if (feature) after.on[feature] = booleanMember(patch, member)
    else if (member === 'defaultRoleId' && profile.features.includes('user-creation')) {
      after.defaultRoleId = knownRole(stringMember(patch, member), member, profile)
    } else if (member === 'userExceptionIds' && profile.features.includes('require-log-in')) {
      after.userExceptionIds = knownUsers(stringList(patch[member], member), around)
    } else {
      throw new Problem('invalid', `${profile.title} has no setting named ${member}.`, { field: member })
    }
  }
  // Turning log-in on is what maps the module to the organization of the person who does it.
  if (patch[fields['log-in']] === true) after.isMapped = true
  holdPrerequisites(before, after, profile)
  if (patch.userExceptionIds !== undefined && !after.on['require-log-in']) {
    throw new Problem('prerequisite', 'Exceptions can only be edited while Require Log In is on.', {
      needs: 'require-log-in',
    })
  }
  holdWayIn(patch, after, around)
  return after
}

/** @throws Problem `invalid` when a role is unknown, or there is none */
export function mapGroup(before: Features, groupId: string, roles: unknown, profile: Profile): Features {
  const roleIds = stringList(roles, 'roleIds').map(id => knownRole(id, 'roleIds', profile))
  if (roleIds.length === 0) throw new Problem('invalid', 'A mapping takes at least one role.', { field: 'roleIds' })
  if (!before.on['log-in']) throw needs('log-in')
  const others = before.accessGroups.filter(mapping => mapping.groupId !== groupId)
  return { ...before, accessGroups: [...others, { groupId, roleIds }] }
}

/** The last mapping stays while access groups are on: without it nobody would have access. */
export function unmapGroup(before: Features, groupId: string): Features {
  const accessGroups = before.accessGroups.filter(mapping => mapping.groupId !== groupId)
  if (accessGroups.length === before.accessGroups.length) {
    throw new Problem('not-found', `The group ${groupId} is not mapped.`)
  }
  if (before.on['access-groups'] && accessGroups.length === 0) throw needs('mapping')
  return { ...before, accessGroups }
}

function holdPrerequisites(before: Features, after: Features, profile: Profile): void {
  const others = profile.features.filter(key => key !== 'log-in' && after.on[key])
  const [stillOn] = others
  if (before.on['log-in'] && !after.on['log-in'] && stillOn) {
    throw new Problem('prerequisite', `Log In cannot be turned off while ${fields[stillOn]} is true.`, {
      needs: stillOn,
    })
  }
  // What was on already may stay: a mapping that went inactive must not block turning other things off.
  const turnedOn = others.filter(key => !before.on[key])
  if (turnedOn.length > 0 && !after.on['log-in']) throw needs('log-in')
  if (turnedOn.length > 0 && !(after.isMapped && after.isOrganizationActive)) throw needs('organization')
  if (turnedOn.includes('user-creation') && after.defaultRoleId === null) throw needs('default-role')
  if (turnedOn.includes('access-groups') && after.accessGroups.length === 0) throw needs('mapping')
}

function holdWayIn(patch: Record<string, unknown>, after: Features, around: Surroundings): void {
  const isTouched = patch[fields['require-log-in']] === true || patch.userExceptionIds !== undefined
  if (!isTouched || !after.on['require-log-in'] || around.hasWayIn(after)) return
  throw new Problem('lock-out', 'Nobody could log in without KaseyaOne any more: except at least one active user.')
}

function needs(what: FeatureKey | 'organization' | 'default-role' | 'mapping'): Problem {
  const sentences: Partial<Record<typeof what, string>> = {
    'log-in': 'Log In with KaseyaOne must be on first.',
    organization: 'An active mapping to a KaseyaOne organization is needed first.',
    'default-role': 'A default role must be chosen first.',
    mapping: 'At least one KaseyaOne group must be mapped to roles.',
  }
  return new Problem('prerequisite', sentences[what] ?? `${what} must be on first.`, { needs: what })
}

function booleanMember(patch: Record<string, unknown>, field: string): boolean {
  const value = patch[field]
  if (typeof value !== 'boolean') throw new Problem('invalid', `${field} must be true or false.`, { field })
  return value
}

function knownRole(id: string, field: string, profile: Profile): string {
  if (profile.roles.some(role => role.id === id)) return id
  throw new Problem('invalid', `${profile.title} has no role with the id ${id}.`, { field })
}

function knownUsers(ids: string[], around: Surroundings): string[] {
  const unknown = ids.filter(id => !around.isUser(id))
  if (unknown.length === 0) return ids
  const sentence = `${around.profile.title} has no user with the id ${unknown.join(', ')}.`
  throw new Problem('invalid', sentence, { field: 'userExceptionIds', unknown })
}
