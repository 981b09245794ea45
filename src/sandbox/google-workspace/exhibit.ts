import { hasEstate } from '../estate.ts'
import type { Exhibit } from '../simulator.ts'
import { createGoogleWorkspace } from './google-workspace.ts'
import { quirks } from './known-quirks.ts'
import { sandboxAdmin } from './seed-state.ts'
import { keyFile } from './service-account.ts'

/** The estate's Google Workspace, with a service account that may stand for its first administrator. */
export const googleWorkspaceExhibit: Exhibit = {
  quirks,
  create: createGoogleWorkspace,
  connect: (tenant, world, url) =>
    hasEstate(tenant)
      ? {
          settings: {
            auth: 'service-account',
            adminEmail: sandboxAdmin(world),
            leaversOrgUnit: '/Former employees',
            licenceMode: 'remove',
            url,
          },
          secrets: { serviceAccountKey: keyFile(url) },
        }
      : null,
}
