import { hasEstate } from '../estate.ts'
import type { Exhibit } from '../simulator.ts'
import { createAws } from './aws.ts'
import { quirks } from './quirks.ts'
import { operatorKey } from './seed.ts'

/** The organization of the one tenant that has an estate: its management account, with Identity Center. */
export const awsExhibit: Exhibit = {
  quirks,
  create: createAws,
  connect: (tenant, _world, url) =>
    hasEstate(tenant)
      ? {
          settings: {
            region: 'eu-central-1',
            auth: 'keys',
            accessKeyId: operatorKey.id,
            identityCenter: 'auto',
            iamUserName: 'local-part',
            url,
          },
          secrets: { secretAccessKey: operatorKey.secret },
        }
      : null,
}
