import type { ModulePeople } from '../../http/module-admin/session.ts'
import { plainRole } from '../../http/scim/people-rules.ts'

/** "Master" and "Root Master" are what KaseyaOne called Admin and Root Admin before. */
const admins = new Set(['admin', 'root admin', 'master', 'root master'])
const isAdminRole = (name: string) => admins.has(plainRole(name))
const isRoot = (name: string) => isAdminRole(name) && plainRole(name).startsWith('root')

/** KaseyaOne's accounts and groups. The Root Admin can be neither deleted nor demoted (KaseyaOne help, user roles). */
export const kaseyaOnePeople: ModulePeople = {
  kinds: ['admin-roles-dropped', 'groups-left'],
  rolesForAll: true,
  isAdminRole,
  ordinaryRole: 'User',
  async untouchable(user, others) {
    if (user.roles?.some(role => isRoot(role.display || role.value || ''))) {
      return 'the Root Admin can be neither deleted, demoted nor deactivated'
    }
    return user.active !== false && (await others.isLast(user, isAdminRole)) ? 'the last active Admin' : undefined
  },
}
