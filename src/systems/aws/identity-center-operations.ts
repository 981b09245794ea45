import { z } from 'zod'
import { listing } from './json-client.ts'

const user = z.object({
  UserId: z.string(),
  UserName: z.string().optional(),
  DisplayName: z.string().nullish(),
  Name: z
    .object({ Formatted: z.string().nullish(), GivenName: z.string().nullish(), FamilyName: z.string().nullish() })
    .nullish(),
  Emails: z.array(z.object({ Value: z.string().nullish(), Primary: z.boolean().nullish() })).nullish(),
  /** Whoever feeds this directory over SCIM puts its own id here. */
  ExternalIds: z.array(z.object({ Issuer: z.string(), Id: z.string() })).nullish(),
  UserStatus: z.string().nullish(),
})

export type CenterUser = z.infer<typeof user>

/** What somebody may open: an account with the rights of a permission set; given to them, or to a group of theirs. */
export interface Assignment {
  account: string
  permissionSet: string
  principal: { type: 'USER' | 'GROUP'; id: string }
}

/** Of what goes on after AWS has said yes. */
export interface Progress {
  id: string
  state: 'IN_PROGRESS' | 'FAILED' | 'SUCCEEDED'
  why: string
}

const progress = z
  .object({
    Status: z.enum(['IN_PROGRESS', 'FAILED', 'SUCCEEDED']),
    RequestId: z.string(),
    FailureReason: z.string().nullish(),
  })
  .transform((found): Progress => ({ id: found.RequestId, state: found.Status, why: found.FailureReason ?? '' }))
const deletion = z.object({ AccountAssignmentDeletionStatus: progress })
const creation = z.object({ AccountAssignmentCreationStatus: progress })

const assignment = z
  .object({
    AccountId: z.string(),
    PermissionSetArn: z.string(),
    PrincipalId: z.string(),
    PrincipalType: z.enum(['USER', 'GROUP']),
  })
  .transform(
    (found): Assignment => ({
      account: found.AccountId,
      permissionSet: found.PermissionSetArn,
      principal: { type: found.PrincipalType, id: found.PrincipalId },
    }),
  )

const none = z.object({})

/** What is asked of SSO Admin and of the Identity Store, and what they answer. */
export const operations = {
  instances: listing(
    'ListInstances',
    z.object({ Instances: z.array(z.object({ InstanceArn: z.string(), IdentityStoreId: z.string() })).nullish() }),
  ),
  permissionSet: {
    action: 'DescribePermissionSet',
    // Both are for sentences only.
    answer: z.object({
      PermissionSet: z.object({
        Name: z.string().optional().catch(undefined),
        SessionDuration: z.string().catch('PT12H'),
      }),
    }),
  },
  group: { action: 'DescribeGroup', answer: z.object({ DisplayName: z.string().nullish() }) },
  user: { action: 'DescribeUser', answer: user },
  userId: { action: 'GetUserId', answer: z.object({ UserId: z.string() }) },
  users: listing('ListUsers', z.object({ Users: z.array(user) })),
  memberships: listing(
    'ListGroupMembershipsForMember',
    z.object({ GroupMemberships: z.array(z.object({ MembershipId: z.string(), GroupId: z.string() })) }),
  ),
  assignments: listing(
    'ListAccountAssignmentsForPrincipal',
    z.object({ AccountAssignments: z.array(assignment).nullish() }),
  ),
  applications: listing(
    'ListApplicationAssignmentsForPrincipal',
    z.object({ ApplicationAssignments: z.array(z.object({ ApplicationArn: z.string() })).nullish() }),
  ),
  deletion: { action: 'DescribeAccountAssignmentDeletionStatus', answer: deletion },
  creation: { action: 'DescribeAccountAssignmentCreationStatus', answer: creation },
  deleteUser: { action: 'DeleteUser', answer: none },
  leaveGroup: { action: 'DeleteGroupMembership', answer: none },
  joinGroup: { action: 'CreateGroupMembership', answer: none },
  takeAssignment: { action: 'DeleteAccountAssignment', answer: deletion },
  giveAssignment: { action: 'CreateAccountAssignment', answer: creation },
}
