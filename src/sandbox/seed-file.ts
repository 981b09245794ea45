import type { World } from './world.ts'

/**
 * A seed file (a `World` as JSON, already parsed) as a `World`.
 * @throws Error that names the wrong member, as in `tenants[3].bms.account.password must be text`.
 */
export function parseWorld(value: unknown): World {
  check(value, worldShape, '')
  if (!isWorld(value)) throw new Error('The seed is not a world.')
  requireUnique(
    value.tenants.map(({ id }) => id),
    'tenants[].id',
  )
  requireUnique(
    value.tenants.flatMap(({ people }) => people.map(({ id }) => id)),
    'people[].id',
  )
  requireUnique(
    value.operators.map(({ username }) => username.toLowerCase()),
    'operators[].username',
  )
  requireUnique(
    value.tenants.flatMap(({ bms }) => (bms ? [bms.company.toLowerCase()] : [])),
    'tenants[].bms.company',
  )
  if (value.operators.length === 0) throw new Error('operators must hold at least one operator')
  if (value.tenants.length === 0) throw new Error('tenants must hold at least one tenant')
  return value
}

type Shape =
  | 'text'
  | 'number'
  | 'flag'
  | { oneOf: readonly string[] }
  | { list: Shape }
  | { orNull: Shape }
  | { optional: Shape }
  | { members: Record<string, Shape> }

const moduleShape: Shape = {
  orNull: {
    members: {
      linked: 'flag',
      logIn: 'flag',
      requireLogIn: 'flag',
      userCreation: 'flag',
      deprovisioning: 'flag',
      defaultRoleId: { orNull: 'text' },
      userExceptionIds: { list: 'text' },
    },
  },
}

const defaultsShape: Shape = {
  members: {
    department: 'number',
    location: 'number',
    manager: 'number',
    jobTitle: 'number',
    employmentType: 'number',
    employeeRole: 'number',
    securityRole: 'number',
  },
}

const bmsShape: Shape = {
  members: {
    company: 'text',
    account: {
      members: {
        username: 'text',
        password: 'text',
        employeeId: 'number',
        mfaCode: { optional: 'text' },
        admin: 'flag',
        apiAccess: 'flag',
      },
    },
    departments: { optional: { list: { members: { id: 'number', name: 'text' } } } },
    linked: 'flag',
    neverConfigured: 'flag',
    settings: {
      members: {
        userCreation: 'flag',
        requireLogIn: 'flag',
        deprovisioning: 'flag',
        accessGroups: 'flag',
        defaults: { orNull: defaultsShape },
        userExceptionIds: { list: 'number' },
        roleExceptionIds: { list: 'number' },
        mappings: {
          list: { members: { groupId: 'text', groupName: 'text', roleIds: { list: 'number' }, order: 'number' } },
        },
      },
    },
  },
}

const personShape: Shape = {
  members: {
    id: 'text',
    givenName: 'text',
    familyName: 'text',
    email: 'text',
    active: 'flag',
    activeIn: {
      optional: {
        members: {
          graphus: { optional: 'flag' },
          'datto-partner-portal': { optional: 'flag' },
          bms: { optional: 'flag' },
        },
      },
    },
    kaseyaOneRole: { oneOf: ['User', 'Admin', 'Root Admin', 'Billing'] },
    kaseyaOneGroups: { list: 'text' },
    graphusRole: { optional: { oneOf: ['Admin', 'Analyst'] } },
    partnerPortalRole: {
      optional: { oneOf: ['Administrator', 'Security Admin', 'Business', 'Tech', 'Sales & Marketing'] },
    },
    partnerPortalPrimary: { optional: 'flag' },
    severalResellers: { optional: 'flag' },
    huddleLogin: { optional: 'text' },
    bmsEmployeeId: { optional: 'number' },
    bmsSecurityRoleId: { optional: 'number' },
  },
}

const worldShape: Shape = {
  members: {
    organization: { members: { id: 'text', name: 'text' } },
    operators: {
      list: {
        members: {
          username: 'text',
          email: 'text',
          displayName: 'text',
          password: 'text',
          challenge: { oneOf: ['none', 'two-factor', 'push'] },
          code: { optional: 'text' },
          kaseyaOneRole: { oneOf: ['Admin', 'Root Admin', 'User'] },
          moduleRoles: {
            members: {
              graphus: { optional: { oneOf: ['Partner Administrator', 'Admin', 'Analyst'] } },
              'datto-partner-portal': { optional: 'text' },
              kaseyaone: { optional: 'text' },
            },
          },
          tenantIds: { optional: { list: 'text' } },
        },
      },
    },
    tenants: {
      list: {
        members: {
          id: 'text',
          name: 'text',
          domains: { list: 'text' },
          people: { list: personShape },
          bms: { orNull: bmsShape },
          graphus: moduleShape,
          'datto-partner-portal': moduleShape,
          unconnected: { list: 'text' },
        },
      },
    },
  },
}

/** `check` has walked the whole value by then; this only tells the compiler. */
function isWorld(value: unknown): value is World {
  return typeof value === 'object' && value !== null && 'tenants' in value
}

function check(value: unknown, shape: Shape, at: string): void {
  const where = at === '' ? 'The seed' : at
  if (shape === 'text') {
    if (typeof value !== 'string' || value === '') throw new Error(`${where} must be text`)
  } else if (shape === 'number') {
    if (typeof value !== 'number' || !Number.isInteger(value)) throw new Error(`${where} must be a whole number`)
  } else if (shape === 'flag') {
    if (typeof value !== 'boolean') throw new Error(`${where} must be true or false`)
  } else if ('oneOf' in shape) {
    const isOne = typeof value === 'string' && shape.oneOf.includes(value)
    if (!isOne) throw new Error(`${where} must be one of ${shape.oneOf.join(', ')}`)
  } else if ('list' in shape) {
    if (!Array.isArray(value)) throw new Error(`${where} must be a list`)
    for (const [index, item] of value.entries()) check(item, shape.list, `${at}[${index}]`)
  } else if ('orNull' in shape) {
    if (value !== null) check(value, shape.orNull, at)
  } else if ('optional' in shape) {
    if (value !== undefined) check(value, shape.optional, at)
  } else checkMembers(value, shape.members, at)
}

function checkMembers(value: unknown, members: Record<string, Shape>, at: string): void {
  const where = at === '' ? 'The seed' : at
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${where} must be an object`)
  const given = new Map<string, unknown>(Object.entries(value))
  const unknown = [...given.keys()].find(name => !Object.hasOwn(members, name))
  if (unknown !== undefined) throw new Error(`${where} has an unknown member "${unknown}"`)
  for (const [name, shape] of Object.entries(members)) check(given.get(name), shape, at === '' ? name : `${at}.${name}`)
}

function requireUnique(values: readonly string[], where: string): void {
  const twice = values.find((value, index) => values.indexOf(value) !== index)
  if (twice !== undefined) throw new Error(`${where} must be unique, but "${twice}" occurs twice`)
}
