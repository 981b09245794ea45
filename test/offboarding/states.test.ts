import { expect, it } from 'vitest'
import { statesOf } from '../../src/offboarding/states.ts'

type Row = [of: string, thing: string | null, before: string | null, after: string | null]
const rows = (before: unknown, after: unknown): Row[] =>
  statesOf(before, after).map(one => [one.of, one.thing, one.before, one.after])
const long = Array.from({ length: 300 }, (_, i) => ({ id: `g-${i}`, name: `Group ${i}` }))

it.each<[string, unknown, unknown, Row[]]>([
  ['nothing was read', undefined, undefined, []],
  ['a value', { active: true }, { active: false }, [['active', null, 'yes', 'no']]],
  ['nothing before', undefined, { active: false }, [['active', null, null, 'no']]],
  ['nothing after', { active: true }, undefined, [['active', null, 'yes', null]]],
  [
    'keys that stay, and go out of use',
    { iam: { accessKeys: [{ id: 'AKIA1', active: true }] } },
    { iam: { accessKeys: [{ id: 'AKIA1', active: false }] } },
    [['IAM, access keys', 'AKIA1', 'active: yes', 'active: no']],
  ],
  [
    'one that left, one that stayed, one that came',
    {
      groups: [
        { id: '1', name: 'HR' },
        { id: '2', name: 'All' },
      ],
    },
    {
      groups: [
        { id: '2', name: 'All' },
        { id: '3', name: 'Late' },
      ],
    },
    [
      ['groups', 'HR', 'there', 'gone'],
      ['groups', 'All', 'there', 'there'],
      ['groups', 'Late', 'not there', 'there'],
    ],
  ],
  ['a list that is empty both times', { tokens: [] }, { tokens: [] }, [['tokens', null, 'none', 'none']]],
  [
    'a list that was not seen is no empty one',
    { phones: ['a'] },
    { phones: null },
    [['phones', 'a', 'there', 'not seen']],
  ],
  ['nor one that was seen later', { phones: null }, { phones: [] }, [['phones', null, 'not seen', 'none']]],
  ['a value that was not told', { on: { a: true } }, { on: {} }, [['on, a', null, 'yes', 'not told']]],
  ['no value is not none', { deniedBy: null }, { deniedBy: 'x' }, [['denied by', null, 'no value', 'x']]],
  [
    'an account that is gone',
    { active: true, groups: ['HR'] },
    { gone: true },
    [
      ['account', null, 'there', 'gone'],
      ['active', null, 'yes', null],
      ['groups', 'HR', 'there', null],
    ],
  ],
  ['and one that was gone already', undefined, { gone: true }, [['account', null, null, 'gone']]],
  [
    'two of the same name',
    { a: ['x', 'x'] },
    { a: ['x'] },
    [
      ['a', 'x', 'there', 'there'],
      ['a', 'x', 'there', 'gone'],
    ],
  ],
  ['a bare value', true, false, [['reading', null, 'yes', 'no']]],
])('%s', (_, before, after, expected) => expect(rows(before, after)).toEqual(expected))

it('is whole, however long: each thing with its id', () => {
  const states = statesOf({ groups: long }, { groups: [] })
  expect(states).toHaveLength(300)
  expect(states.at(-1)).toEqual({ of: 'groups', thing: 'Group 299', id: 'g-299', before: 'there', after: 'gone' })
})
