import type { ModulePeople } from '../../http/module-admin/session.ts'
import { plainRole } from '../../http/scim/people-rules.ts'

const isAdminRole = (name: string) => plainRole(name) === 'admin'

/** Graphus's accounts. Its last administrator is only ever disabled (Graphus help, Automatic User Deprovisioning). */
export const graphusPeople: ModulePeople = {
  kinds: [],
  rolesForAll: false,
  isAdminRole,
  async neverDeleted(user, others) {
    return (await others.isLast(user, isAdminRole))
      ? 'Graphus keeps its last Admin: the account is blocked, and not deleted.'
      : undefined
  },
}
