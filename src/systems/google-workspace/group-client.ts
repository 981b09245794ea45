import type { HttpClient } from '../../http/client.ts'
import { path } from '../../http/client.ts'
import { isDuplicate, unlessNotThere } from './google-error.ts'
import { allPages } from './paging.ts'
import { assignmentsSchema, groupsSchema, memberSchema, type RoleAssignment, rolesSchema } from './schemas.ts'
import { customer } from './user-client.ts'

export interface Group {
  id: string
  email: string
  name?: string | undefined
}

export type GroupClient = ReturnType<typeof createGroupClient>

/** Groups, their members, and administrators' roles. */
export function createGroupClient(http: HttpClient) {
  function groups(which: { userKey: string } | { customer: string; maxResults: number }): AsyncGenerator<Group> {
    return allPages(async pageToken => {
      const { body } = await http.request({
        method: 'GET',
        path: path`/admin/directory/v1/groups`,
        query: { maxResults: 200, ...which, pageToken },
        answer: groupsSchema,
      })
      return { items: body.groups ?? [], next: body.nextPageToken }
    })
  }

  return {
    /** Groups that the user is a direct member of, as the list shows it: it lags behind changes (GAM #1563). */
    groupsOf: (userKey: string) => groups({ userKey }),
    /** The first group of the account, if it has any. */
    async someGroup(): Promise<Group | undefined> {
      for await (const group of groups({ customer, maxResults: 1 })) return group
      return undefined
    },
    /** OWNER, MANAGER or MEMBER; null when the user is no direct member. Read from the group, which does not lag. */
    async roleIn(groupId: string, userId: string): Promise<string | null> {
      const where = path`/admin/directory/v1/groups/${groupId}/members/${userId}`
      const answer = await unlessNotThere(http.request({ method: 'GET', path: where, answer: memberSchema }))
      return answer && (answer.body.role ?? 'MEMBER')
    },
    /** Not being a member is fine. */
    async leave(groupId: string, userId: string): Promise<void> {
      const where = path`/admin/directory/v1/groups/${groupId}/members/${userId}`
      await http.request({ method: 'DELETE', path: where, repeatable: true, accept: [404] })
    },
    async join(groupId: string, email: string, role: string): Promise<void> {
      const where = path`/admin/directory/v1/groups/${groupId}/members`
      try {
        await http.request({ method: 'POST', path: where, json: { email, role }, repeatable: true })
      } catch (error) {
        if (!isDuplicate(error)) throw error
      }
    },

    /** Also those that come through a group. */
    assignments(userKey: string): AsyncGenerator<RoleAssignment> {
      return allPages(async pageToken => {
        const { body } = await http.request({
          method: 'GET',
          path: path`/admin/directory/v1/customer/${customer}/roleassignments`,
          query: { userKey, includeIndirectRoleAssignments: true, maxResults: 200, pageToken },
          answer: assignmentsSchema,
        })
        return { items: body.items ?? [], next: body.nextPageToken }
      })
    },
    roles() {
      return allPages(async pageToken => {
        const { body } = await http.request({
          method: 'GET',
          path: path`/admin/directory/v1/customer/${customer}/roles`,
          query: { maxResults: 100, pageToken },
          answer: rolesSchema,
        })
        return { items: body.items ?? [], next: body.nextPageToken }
      })
    },
    async unassign(assignmentId: string): Promise<void> {
      const where = path`/admin/directory/v1/customer/${customer}/roleassignments/${assignmentId}`
      await http.request({ method: 'DELETE', path: where, repeatable: true, accept: [404] })
    },
    async assign(json: { roleId: string; assignedTo: string; scopeType: string; orgUnitId?: string }): Promise<void> {
      const where = path`/admin/directory/v1/customer/${customer}/roleassignments`
      try {
        await http.request({ method: 'POST', path: where, json })
      } catch (error) {
        if (!isDuplicate(error)) throw error
      }
    },
  }
}
