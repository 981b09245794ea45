const base = 'https://www.googleapis.com/auth/'

/** What k1ctl asks Google for, and what for. All of them have to be delegated, or Google gives no token at all. */
export const directoryScopes = {
  users: `${base}admin.directory.user`,
  security: `${base}admin.directory.user.security`,
  groups: `${base}admin.directory.group.readonly`,
  members: `${base}admin.directory.group.member`,
  roles: `${base}admin.directory.rolemanagement`,
  mobile: `${base}admin.directory.device.mobile.action`,
  chromeos: `${base}admin.directory.device.chromeos`,
  transfer: `${base}admin.datatransfer`,
} as const

export const licensingScope = `${base}apps.licensing`

/** Only where licences are taken away is the licensing API talked to. */
export function scopesFor(licenceMode: string): string[] {
  return [...Object.values(directoryScopes), ...(licenceMode === 'remove' ? [licensingScope] : [])]
}
