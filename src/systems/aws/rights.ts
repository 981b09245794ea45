/** Every action that k1ctl may call, by what it acts on: the policy of its identity needs these and no more. */
export const userActions = [
  'iam:GetUser',
  'iam:GetLoginProfile',
  'iam:ListAccessKeys',
  'iam:ListSSHPublicKeys',
  'iam:ListSigningCertificates',
  'iam:ListServiceSpecificCredentials',
  'iam:ListMFADevices',
  'iam:ListGroupsForUser',
  'iam:ListAttachedUserPolicies',
  'iam:ListUserPolicies',
  'iam:GetUserPolicy',
  'iam:PutUserPolicy',
  // Where the user's inline policies are full, the deny is one of AWS's own.
  'iam:AttachUserPolicy',
  'iam:DeleteLoginProfile',
  'iam:UpdateAccessKey',
  'iam:UpdateSSHPublicKey',
  'iam:UpdateSigningCertificate',
  'iam:UpdateServiceSpecificCredential',
  'iam:DetachUserPolicy',
  'iam:DeleteUserPolicy',
] as const

/** To look for people, and at what their groups give. */
export const listActions = ['iam:ListUsers'] as const

export const groupActions = ['iam:RemoveUserFromGroup', 'iam:ListAttachedGroupPolicies'] as const

/** Only with `--delete`, or to give back. */
export const furtherActions = [
  'iam:DeleteAccessKey',
  'iam:DeleteSSHPublicKey',
  'iam:DeleteSigningCertificate',
  'iam:DeleteServiceSpecificCredential',
  'iam:DeactivateMFADevice',
  'iam:DeleteVirtualMFADevice',
  'iam:DeleteUser',
  'iam:AddUserToGroup',
  'identitystore:DeleteUser',
  'identitystore:CreateGroupMembership',
  'sso:CreateAccountAssignment',
  'sso:DescribeAccountAssignmentCreationStatus',
] as const

export const centerActions = [
  'sso:ListInstances',
  'sso:ListAccountAssignmentsForPrincipal',
  'sso:ListApplicationAssignmentsForPrincipal',
  'sso:DescribePermissionSet',
  'sso:DeleteAccountAssignment',
  'sso:DescribeAccountAssignmentDeletionStatus',
  'identitystore:GetUserId',
  'identitystore:DescribeUser',
  'identitystore:ListUsers',
  'identitystore:DescribeGroup',
  'identitystore:ListGroupMembershipsForMember',
  'identitystore:DeleteGroupMembership',
] as const
