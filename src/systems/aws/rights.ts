/** Every action that k1ctl may call, by what it acts on: the policy of its identity needs these and no more. */
export const userActions = [
  'iam:GetUser',
  'iam:GetLoginProfile',
  'iam:ListAccessKeys',
  'iam:ListSSHPublicKeys',
  'iam:ListSigningCertificates',
  'iam:ListServiceSpecificCredentials',
  'iam:ListGroupsForUser',
  'iam:ListAttachedUserPolicies',
  'iam:ListUserPolicies',
  'iam:GetUserPolicy',
  'iam:PutUserPolicy',
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
  'iam:ListMFADevices',
  'iam:DeactivateMFADevice',
  'iam:DeleteVirtualMFADevice',
  'iam:DeleteUser',
  'iam:AttachUserPolicy',
  'iam:AddUserToGroup',
  'identitystore:DeleteUser',
  'identitystore:CreateGroupMembership',
  'sso:CreateAccountAssignment',
  'sso:DescribeAccountAssignmentCreationStatus',
] as const

export const centerActions = [
  'sso:ListInstances',
  'sso:ListAccountAssignmentsForPrincipal',
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
