import type { ModulePeople } from '../../http/module-admin/session.ts'
import { plainRole } from '../../http/scim/people-rules.ts'

const isSecurityAdmin = (name: string) => plainRole(name) === 'security admin'

/** Partner Portal's accounts. Only a Security Admin may change its security settings, so the last one stays. */
export const dattoPartnerPortalPeople: ModulePeople = {
  kinds: [],
  rolesForAll: false,
  isAdminRole: name => isSecurityAdmin(name) || plainRole(name) === 'administrator',
  async untouchable(user, others) {
    const isLast = user.active !== false && (await others.isLast(user, isSecurityAdmin))
    return isLast ? 'the last active Security Admin' : undefined
  },
}
