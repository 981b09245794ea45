import type { PeopleRules } from '../../http/scim/people-rules.ts'

/**
 * Any SCIM service. No standard says which roles are an administrator's, so their names have to: whatever speaks of
 * administrators, owners or root. Nobody is untouchable by rule; a service that keeps its last owner says so itself.
 */
export const scimPeople: PeopleRules = {
  kinds: ['admin-roles-dropped', 'groups-left'],
  rolesForAll: false,
  isContract: false,
  isAdminRole: name => /admin|owner|root|super[ _-]?user/i.test(name),
}
