import { like, webAddress } from '../../core/setting-checks.ts'
import type { SystemAbout } from '../../core/system.ts'
import { centerActions, furtherActions, groupActions, listActions, userActions } from './rights.ts'

/** One AWS account with its IAM users, and the Identity Center of the organization. */
export const awsAbout: SystemAbout = {
  id: 'aws',
  title: 'AWS',
  aliases: ['amazon-web-services', 'iam', 'identity-center'],
  reach: 'api',
  named: 'optional',
  settings: [
    {
      key: 'region',
      label: 'Region of IAM Identity Center (any, where it is not used)',
      secret: false,
      required: true,
      example: 'eu-central-1',
      check: like(/^[a-z]{2}(-[a-z]+)+-\d+$/i, 'A region looks like eu-central-1.'),
      suggestions: [
        { value: 'us-east-1', label: 'US East (N. Virginia)' },
        { value: 'us-west-2', label: 'US West (Oregon)' },
        { value: 'eu-central-1', label: 'Europe (Frankfurt)' },
        { value: 'eu-west-1', label: 'Europe (Ireland)' },
        { value: 'eu-west-2', label: 'Europe (London)' },
        { value: 'ap-southeast-2', label: 'Asia Pacific (Sydney)' },
      ],
    },
    {
      key: 'auth',
      label: 'Credentials: chain (as the AWS CLI finds them on this machine) or keys',
      secret: false,
      required: true,
      defaultValue: 'chain',
      suggestions: [
        { value: 'chain', label: 'As the AWS CLI finds them: environment, profile, SSO, container, instance' },
        { value: 'keys', label: 'An access key that k1ctl keeps' },
      ],
      closed: true,
    },
    {
      key: 'profile',
      label: 'Profile in ~/.aws (empty: the default)',
      secret: false,
      required: false,
      example: 'acme-prod',
      when: { key: 'auth', is: ['chain'] },
    },
    {
      key: 'accessKeyId',
      label: 'Access key id',
      secret: false,
      required: true,
      example: 'AKIAIOSFODNN7EXAMPLE',
      when: { key: 'auth', is: ['keys'] },
    },
    {
      key: 'secretAccessKey',
      label: 'Secret access key',
      secret: true,
      required: true,
      when: { key: 'auth', is: ['keys'] },
    },
    {
      key: 'sessionToken',
      label: 'Session token (of temporary keys only)',
      secret: true,
      required: false,
      goesWith: 'secretAccessKey',
      when: { key: 'auth', is: ['keys'] },
    },
    {
      key: 'roleArn',
      label: 'Role to assume in the account (empty: none)',
      secret: false,
      required: false,
      example: 'arn:aws:iam::111122223333:role/k1ctl',
      check: like(
        /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/,
        'It looks like arn:aws:iam::111122223333:role/k1ctl.',
      ),
    },
    // AWS does not treat it as a secret: whoever may see the role can read it.
    { key: 'externalId', label: 'External id of that role (empty: none)', secret: false, required: false },
    {
      key: 'identityCenter',
      label: 'IAM Identity Center: auto (look for it in the region) or off (IAM users only)',
      secret: false,
      required: true,
      defaultValue: 'auto',
      suggestions: [
        { value: 'auto', label: 'The one in the region' },
        { value: 'off', label: 'None, or another connection reaches it' },
      ],
      closed: true,
    },
    {
      key: 'instanceArn',
      label: 'ARN of the Identity Center instance (where the account sees several)',
      secret: false,
      required: false,
      example: 'arn:aws:sso:::instance/ssoins-0123456789abcdef',
      when: { key: 'identityCenter', is: ['auto'] },
    },
    {
      key: 'iamUserName',
      label: 'What IAM users are called: email, or local-part (what stands before the @)',
      secret: false,
      required: true,
      defaultValue: 'email',
      suggestions: [
        { value: 'email', label: 'amy@acme.example' },
        { value: 'local-part', label: 'amy' },
      ],
      closed: true,
    },
    {
      key: 'url',
      label: 'One URL for all services instead of AWS itself (as AWS_ENDPOINT_URL)',
      secret: false,
      required: false,
      example: 'http://127.0.0.1:4566',
      check: webAddress,
    },
  ],
  rights: [
    `IAM users: ${[...listActions, ...userActions].join(', ')}`,
    `IAM groups: ${groupActions.join(', ')}`,
    `Identity Center (in the management account): ${centerActions.join(', ')}`,
    `Only to delete, and to give back: ${furtherActions.join(', ')}`,
    'On itself, so that k1ctl can tell what is missing: iam:SimulatePrincipalPolicy, iam:GetRole',
    'On a role in another account: sts:AssumeRole',
  ],
  pasteRights: JSON.stringify(
    {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: [
            ...new Set([
              ...listActions,
              ...userActions,
              ...groupActions,
              ...centerActions,
              ...furtherActions,
              'iam:SimulatePrincipalPolicy',
              'iam:GetRole',
            ]),
          ].sort(),
          Resource: '*',
        },
      ],
    },
    null,
    2,
  ),
  features: [],
  isModule: false,
  contract: false,
  people:
    'IAM users and Identity Center users: finds, blocks, takes out of groups and policies, and deletes when asked.',
  searchedBy: 'user name, e-mail tag, or log-in and e-mail in Identity Center',
  absence: 'Other AWS accounts were not looked in.',
  step: 'infrastructure',
  accountGoals: [
    {
      kind: 'admin-roles-dropped',
      how: 'not-here',
      note: 'AWS has no such roles: rights are policies and permission sets. A deny outweighs them all at once, and they are taken away after it.',
    },
    {
      kind: 'sign-in-blocked',
      how: 'reached',
      note: 'IAM: everything is denied, access keys are inactive, the console password is deleted. Identity Center: nothing stays assigned, directly or by a group; AWS has no API that disables a user there.',
    },
    {
      kind: 'sessions-ended',
      how: 'reached',
      note: 'Of the IAM user: its temporary keys are weighed against the deny, request by request. Sessions of roles and permission sets end by themselves, after 12 hours at most.',
    },
    {
      kind: 'credentials-revoked',
      how: 'reached',
      note: 'SSH keys, signing certificates and service credentials are made inactive, not deleted. MFA devices stay until the user is deleted.',
    },
    { kind: 'groups-left', how: 'reached' },
    { kind: 'access-freed', how: 'reached', note: 'Attached and inline policies of the IAM user, but for the deny.' },
    { kind: 'data-handed-over', how: 'not-here', note: 'What is in AWS belongs to the account, not to the person.' },
    { kind: 'devices-released', how: 'not-here' },
    {
      kind: 'deleted',
      how: 'reached',
      note: 'Only with --delete: all that hangs on the IAM user first; of Identity Center assignments, then groups, then the user.',
    },
  ],
  residual: [
    'Sessions of roles and permission sets that are open end by themselves, after 12 hours at most; AWS has no API that ends them.',
    'An Identity Center user who is not deleted can still sign in to the access portal, and finds no account there. Applications that are assigned to them directly stay.',
    'Resources that the person made go on: instances, functions, keys in their code, and trust of other accounts.',
  ],
  accountSteps: [
    'In the AWS console open IAM > Users and find {person}. Add an inline policy that denies everything, make the access keys inactive, and take console access away.',
    'Make the SSH keys, signing certificates and service credentials inactive; take the user out of all groups and policies.',
    'In IAM Identity Center > Users find {person}: take assignments and groups away, delete the active sessions, then disable user access.',
  ],
}
