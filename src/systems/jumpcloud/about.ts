import { rightsIn } from '../../core/needed-right.ts'
import { like, webAddress } from '../../core/setting-checks.ts'
import type { SystemAbout } from '../../core/system.ts'
import { accountGoals, accountSteps, residual } from './about-people.ts'
import { neededRights } from './needed-rights.ts'

const { rights, unchecked } = rightsIn(neededRights)
const objectId = like(/^[0-9a-f]{24}$/i, 'It has 24 digits and letters from a to f.')

/** JumpCloud's directory, over its APIs 1 and 2. */
export const jumpcloudAbout: SystemAbout = {
  id: 'jumpcloud',
  title: 'JumpCloud',
  aliases: ['jc', 'jump-cloud'],
  reach: 'api',
  settings: [
    {
      key: 'url',
      label: 'Console URL of your region',
      secret: false,
      required: true,
      defaultValue: 'https://console.jumpcloud.com',
      check: webAddress,
      suggestions: [
        { value: 'https://console.jumpcloud.com', label: 'United States' },
        { value: 'https://console.eu.jumpcloud.com', label: 'Europe' },
        { value: 'https://console.in.jumpcloud.com', label: 'India' },
      ],
    },
    {
      key: 'auth',
      label: 'Sign in with',
      secret: false,
      required: true,
      defaultValue: 'api-key',
      suggestions: [
        { value: 'api-key', label: 'API key of an administrator' },
        { value: 'service-account', label: 'Service account (OAuth 2.0)' },
      ],
      closed: true,
    },
    {
      key: 'apiKey',
      label: 'API key',
      secret: true,
      required: true,
      when: { key: 'auth', is: ['api-key'] },
    },
    {
      key: 'clientId',
      label: 'Client ID of the service account',
      secret: false,
      required: true,
      when: { key: 'auth', is: ['service-account'] },
    },
    {
      key: 'clientSecret',
      label: 'Client secret of the service account',
      secret: true,
      required: true,
      when: { key: 'auth', is: ['service-account'] },
    },
    {
      key: 'tokenUrl',
      label: 'Token endpoint of service accounts',
      secret: false,
      required: false,
      defaultValue: 'https://admin-oauth.id.jumpcloud.com/oauth2/token',
      check: webAddress,
      when: { key: 'auth', is: ['service-account'] },
    },
    {
      key: 'providerId',
      label: 'Provider ID (MSPs with the Multi-Tenant Portal)',
      secret: false,
      required: false,
      example: '5f1b1a2c3d4e5f6a7b8c9d0e',
      check: objectId,
    },
    {
      key: 'orgId',
      label: 'Organization ID (MSPs; k1ctl tenant import fills it in)',
      secret: false,
      required: false,
      example: '5f1b1a2c3d4e5f6a7b8c9d0f',
      check: objectId,
      later: true,
      customer: true,
    },
    {
      key: 'applePin',
      label: 'PIN of six digits that locked and erased Macs ask for (only for --devices lock and erase)',
      secret: true,
      required: false,
      check: like(/^[0-9]{6}$/, 'It has exactly six digits: Apple takes no other.'),
    },
  ],
  features: [],
  isModule: false,
  contract: false,
  people: 'People, groups, bound resources and devices over the API: finds, suspends, unbinds, and deletes when asked.',
  searchedBy: 'e-mail, alternate e-mail or user name',
  rights: [
    'API key of an administrator, or service account, with the role Administrator, or one that holds:',
    ...rights,
  ],
  unchecked,
  step: 'directory',
  accountGoals,
  residual,
  accountSteps,
}
