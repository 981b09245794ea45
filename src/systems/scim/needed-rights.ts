import type { NeededRight } from '../../core/needed-right.ts'

/** RFC 7644 knows no rights: each service has its own words for them. By what the bearer token has to be let do. */
export const neededRights: readonly NeededRight[] = [
  { right: 'Users: read and search', calls: ['GET /Users', 'GET /Users/{id}'] },
  { right: 'What the service can do: read', calls: ['GET /ServiceProviderConfig'], unchecked: true },
  {
    right: 'Users: change',
    calls: ['PATCH /Users/{id}', 'PUT /Users/{id}'],
    unchecked: true,
  },
  { right: 'Groups: read and search', calls: ['GET /Groups', 'GET /Groups/{id}'], unchecked: true },
  { right: 'Groups: change members', calls: ['PATCH /Groups/{id}', 'PUT /Groups/{id}'], unchecked: true },
  { right: 'Users: delete', calls: ['DELETE /Users/{id}'], when: 'with --delete', unchecked: true },
]
