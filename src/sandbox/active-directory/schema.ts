/** The attributes that this directory knows: those of people, groups and folders that programs read and write. */

export type Syntax = 'text' | 'integer' | 'boolean' | 'time' | 'guid' | 'sid' | 'bytes' | 'dn' | 'link' | 'oid'

/**
 * `plain` may be written; `system` only by the server; `rdn` only by renaming; `back-link` is the other end of a link
 * and is not written; `constructed` is worked out when somebody asks for it by name; `secret` is never read.
 */
export type Writing = 'plain' | 'system' | 'rdn' | 'back-link' | 'constructed' | 'secret'

export interface AttributeAbout {
  name: string
  /** `link`: the name of another entry, kept as its GUID, so that it follows when that one is moved. */
  syntax: Syntax
  single: boolean
  writing: Writing
}

const table: readonly (readonly [names: string, syntax: Syntax, single: boolean, writing?: Writing])[] = [
  ['sAMAccountName userPrincipalName givenName sn initials displayName mail title department company', 'text', true],
  ['telephoneNumber mobile homePhone pager ipPhone facsimileTelephoneNumber', 'text', true],
  ['physicalDeliveryOfficeName streetAddress l st postalCode co c info employeeID employeeType', 'text', true],
  ['homeDirectory homeDrive scriptPath profilePath wWWHomePage mailNickname legacyExchangeDN', 'text', true],
  ['extensionAttribute1 extensionAttribute2 extensionAttribute3 extensionAttribute15', 'text', true],
  ['msExchMailboxGuid', 'bytes', true],
  ['msExchHideFromAddressLists', 'boolean', true],
  ['description url proxyAddresses otherTelephone otherMobile otherHomePhone servicePrincipalName', 'text', false],
  ['userCertificate thumbnailPhoto', 'bytes', false],
  ['userAccountControl primaryGroupID accountExpires pwdLastSet lockoutTime groupType adminCount', 'integer', true],
  ['countryCode codePage operatorCount', 'integer', true],
  ['manager managedBy', 'link', true],
  ['member', 'link', false],
  ['unicodePwd', 'bytes', true, 'secret'],
  ['objectGUID', 'guid', true, 'system'],
  ['objectSid', 'sid', true, 'system'],
  ['objectClass', 'oid', false, 'system'],
  ['objectCategory distinguishedName nCName', 'dn', true, 'system'],
  ['nETBIOSName dnsRoot', 'text', true, 'system'],
  ['lastKnownParent', 'link', true, 'system'],
  ['whenCreated whenChanged', 'time', true, 'system'],
  ['lastLogonTimestamp', 'integer', true, 'system'],
  [
    'uSNCreated uSNChanged instanceType sAMAccountType logonCount badPwdCount badPasswordTime',
    'integer',
    true,
    'system',
  ],
  ['lastLogon lastLogoff lastLogonTimestamp systemFlags', 'integer', true, 'system'],
  ['minPwdLength pwdProperties lockoutThreshold maxPwdAge msDS-Behavior-Version', 'integer', true, 'system'],
  ['isDeleted isRecycled isCriticalSystemObject showInAdvancedViewOnly', 'boolean', true, 'system'],
  ['cn ou dc name', 'text', true, 'rdn'],
  ['memberOf directReports managedObjects', 'dn', false, 'back-link'],
  ['tokenGroups', 'sid', false, 'constructed'],
  ['allowedAttributesEffective allowedChildClassesEffective', 'oid', false, 'constructed'],
  ['sDRightsEffective msDS-User-Account-Control-Computed', 'integer', true, 'constructed'],
  ['canonicalName', 'text', false, 'constructed'],
]

const attributes = new Map<string, AttributeAbout>(
  table.flatMap(([names, syntax, single, writing = 'plain']) =>
    names.split(' ').map(name => [name.toLowerCase(), { name, syntax, single, writing }] as const),
  ),
)

/** By name in any case; undefined for one that the directory does not know. */
export function attributeAbout(name: string): AttributeAbout | undefined {
  return attributes.get(name.toLowerCase())
}

/** Names of the attributes that may be written at all. */
export const writableNames: readonly string[] = [...attributes.values()]
  .filter(({ writing }) => writing === 'plain')
  .map(({ name }) => name)

/** `(objectCategory=person)` means the class, although the value is the name of its entry in the schema. */
export const categories: Readonly<Record<string, string>> = {
  person: 'Person',
  user: 'Person',
  contact: 'Person',
  group: 'Group',
  computer: 'Computer',
  container: 'Container',
  organizationalunit: 'Organizational-Unit',
  domaindns: 'Domain-DNS',
}
