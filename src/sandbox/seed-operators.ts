import type { Operator } from './world.ts'

type Usernames = Record<'admin' | 'twoFactor' | 'push' | 'analyst' | 'twoTenants', string>

const allRights = {
  kaseyaOneRole: 'Admin',
  moduleRoles: { graphus: 'Partner Administrator', 'datto-partner-portal': 'Security Admin', kaseyaone: 'Admin' },
} as const satisfies Pick<Operator, 'kaseyaOneRole' | 'moduleRoles'>

/** People of the MSP who administer. The first one signs in with a password alone. Passwords hold awkward characters. */
export function seedOperators(usernames: Usernames): Operator[] {
  return [
    {
      ...person(usernames.admin, 'Jordan Reyes'),
      password: 'Harbor&Lantern+42%',
      challenge: 'none',
      ...allRights,
    },
    {
      ...person(usernames.twoFactor, 'Mina Park'),
      password: 'Copper Kettle 17',
      challenge: 'two-factor',
      code: '246810',
      ...allRights,
    },
    {
      ...person(usernames.push, 'Luis Ortega'),
      password: 'Violet=Anchor;58',
      challenge: 'push',
      code: '135791',
      ...allRights,
    },
    {
      ...person(usernames.analyst, 'Tess Whitlock'),
      password: 'Quiet-Meadow-63',
      challenge: 'none',
      kaseyaOneRole: 'User',
      moduleRoles: { graphus: 'Analyst', 'datto-partner-portal': 'Tech', kaseyaone: 'User' },
    },
    {
      ...person(usernames.twoTenants, 'Nadia Haddad'),
      password: 'Märzlicht "29"',
      challenge: 'none',
      ...allRights,
      tenantIds: ['t-001', 't-002'],
    },
  ]
}

function person(username: string, displayName: string): Pick<Operator, 'username' | 'email' | 'displayName'> {
  return { username, email: `${username}@brightwater-it.example`, displayName }
}
