import { describe, expect, it } from 'vitest'
import { changedBetween, differencesFor } from '../../src/posture/differences.ts'
import { changeFor, exceptionsAfter, holds, type ModuleTarget } from '../../src/posture/target.ts'
import { type reading, readingWith, user } from './readings.ts'

const [amy, ben, cara] = [user('amy'), user('ben'), user('cara')]
const [tech, boss] = [
  { id: '1', name: 'Technician' },
  { id: '2', name: 'Manager' },
]
const now = readingWith(['require-log-in'], {
  exceptions: { users: [amy, ben], roles: [tech] },
  mappings: [{ id: 'm', group: { id: 'g', name: 'Finance' }, roles: [tech, boss] }],
})

const table: [name: string, target: ModuleTarget, holds: boolean][] = [
  ['a feature that is on', { on: { 'require-log-in': true } }, true],
  ['a feature that is off', { on: { deprovisioning: true } }, false],
  ['a feature that the module does not have, off', { on: { 'access-groups': false } }, false],
  ['one is included', { users: { include: [amy] } }, true],
  ['one is not', { users: { include: [amy, cara] } }, false],
  ['one is excluded', { users: { exclude: [cara] } }, true],
  ['one is still there', { users: { exclude: [ben] } }, false],
  ['exactly these, in another order', { users: { exactly: [ben, amy] } }, true],
  ['exactly these, and one too many', { users: { exactly: [amy] } }, false],
  ['exactly nobody', { users: { exactly: [] } }, false],
  ['a role is not there', { roles: { include: [boss] } }, false],
  ['a role is still there', { roles: { exclude: [tech] } }, false],
  ['exactly this role', { roles: { exactly: [tech] } }, true],
  ['a default by id, whatever it is called', { defaults: { role: { id: 'r1', name: '#1' } } }, true],
  ['another default', { defaults: { role: { id: 'r2', name: 'Analyst' } } }, false],
  ['a mapping, in another order', { map: { group: { id: 'g', name: 'x' }, roles: [boss, tech] } }, true],
  ['a mapping with a role less', { map: { group: { id: 'g', name: 'x' }, roles: [tech] } }, false],
  ['a mapping that is not there', { map: { group: { id: 'h', name: 'x' }, roles: [tech] } }, false],
  ['no mapping', { unmap: { group: { id: 'h', name: 'x' }, roles: [] } }, true],
  ['still a mapping', { unmap: { group: { id: 'g', name: 'x' }, roles: [] } }, false],
]

describe('holds', () => {
  it.each(table)('%s: %o', (_name, target, expected) => expect(holds(target, now)).toBe(expected))

  it('is what shows no difference, and nothing else is', () => {
    for (const [name, target, expected] of table) {
      if (name.startsWith('a feature that the module does not have')) continue
      expect(differencesFor(target, now, {}).length === 0, name).toBe(expected)
    }
  })
})

describe('exceptionsAfter and changeFor', () => {
  it('add to what is there, in order, without doubles', () => {
    expect(exceptionsAfter({ users: { include: [ben, cara] } }, now).users).toEqual([amy, ben, cara])
    expect(changeFor({ users: { include: [ben, cara] } }, now)).toEqual({
      exceptions: { users: ['id-amy', 'id-ben', 'id-cara'], roles: ['1'] },
    })
  })

  it('take away, replace, and leave the other list as it is', () => {
    expect(changeFor({ users: { exclude: [amy] } }, now).exceptions).toEqual({ users: ['id-ben'], roles: ['1'] })
    expect(changeFor({ roles: { exactly: [boss] } }, now).exceptions).toEqual({
      users: ['id-amy', 'id-ben'],
      roles: ['2'],
    })
  })

  it('send no list where none is asked for', () => {
    expect(changeFor({ on: { deprovisioning: true } }, now)).toEqual({ on: { deprovisioning: true } })
    expect(changeFor({ defaults: { role: boss } }, now)).toEqual({ defaults: { role: '2' } })
  })
})

describe('changedBetween', () => {
  const changes: [name: string, Parameters<typeof reading>[0], what: string, before: string, after: string][] = [
    ['the organization', { organization: null }, 'KaseyaOne organization', 'Brightwater IT', 'none'],
    ['a switch', { on: { ...now.on, deprovisioning: true } }, 'Automatic User Deprovisioning', 'off', 'on'],
    [
      'an exception',
      { exceptions: { users: [amy], roles: [tech] } },
      'Excepted users',
      'amy@customer.example, ben@customer.example',
      'amy@customer.example',
    ],
    [
      'somebody excepted who became inactive',
      { exceptions: { users: [amy, { ...ben, active: false }], roles: [tech] } },
      'Excepted users',
      'amy@customer.example, ben@customer.example',
      'amy@customer.example, ben@customer.example (inactive)',
    ],
    ['a role', { exceptions: { users: [amy, ben], roles: [] } }, 'Excepted roles', 'Technician', 'none'],
    [
      'who is always exempt',
      { alwaysExempt: [{ ...cara, why: 'x' }] },
      'Always exempt',
      'none',
      'cara@customer.example',
    ],
    ['a default', { defaults: { role: null } }, 'Default the role', 'Analyst', 'none'],
    [
      'a default of the same name',
      { defaults: { role: { id: 'r9', name: 'Analyst' } } },
      'Default the role',
      'Analyst (r1)',
      'Analyst (r9)',
    ],
    ['a mapping', { mappings: [] }, 'Group Finance', 'Manager, Technician', 'none'],
  ]
  it.each(changes)('%s', (_name, change, what, before, after) => {
    expect(changedBetween(now, { ...now, ...change }, { role: 'the role' })).toEqual([{ what, before, after }])
  })

  it('is nothing when only names, order or the version differ', () => {
    const renamed = {
      ...now,
      version: 'v2',
      exceptions: { users: [ben, { ...amy, name: 'Amy B.' }], roles: [{ ...tech, name: 'Tech' }] },
    }
    expect(changedBetween(now, renamed, {})).toEqual([])
  })
})
