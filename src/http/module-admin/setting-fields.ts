import { webAddress } from '../../core/setting-checks.ts'
import type { SettingField } from '../../core/system.ts'

/**
 * What it takes to sign in at an endpoint that speaks the module admin contract. The URL has no default and no
 * suggestion: no vendor publishes one. The password is not needed while a refresh token is kept.
 */
export function moduleAdminFields(system: { id: string; title: string }): SettingField[] {
  return [
    {
      key: 'url',
      label: `URL of your endpoint that speaks the module admin contract for ${system.title}`,
      secret: false,
      required: true,
      example: `https://gateway.msp.example/${system.id}`,
      check: webAddress,
    },
    { key: 'username', label: 'KaseyaOne username', secret: false, required: true, example: 'amy.chen@msp.example' },
    { key: 'company', label: 'KaseyaOne company name', secret: false, required: true, example: 'Example MSP' },
    {
      key: 'tenantId',
      label: 'Tenant at the endpoint (id or name)',
      secret: false,
      required: false,
      example: 't-001',
      later: true,
      customer: true,
    },
    { key: 'password', label: 'KaseyaOne password', secret: true, required: true },
    { key: 'refreshToken', label: 'Kept sign-in', secret: true, required: false, insteadOf: 'password', later: true },
  ]
}
