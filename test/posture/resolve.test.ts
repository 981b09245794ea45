import { describe, expect, it } from 'vitest'
import { pick } from '../../src/posture/resolve.ts'
import { about } from './readings.ts'

const choices = [
  { id: '1', name: 'Administration' },
  { id: '2', name: 'Service Desk' },
  { id: '3', name: 'Projects' },
  { id: '7', name: 'Service Desk' },
  { id: '8', name: '3' },
]

function errorOf(word: string, from = choices) {
  try {
    return pick(word, from, 'Department', about())
  } catch (error) {
    return error
  }
}

describe('pick', () => {
  it.each([
    ['Projects', '3'],
    ['projects', '3'],
    ['1', '1'],
    ['7', '7'],
    // A name wins over an id: it is what a person sees.
    ['3', '8'],
  ])('%s is the one with the id %s', (word, id) => expect(pick(word, choices, 'Department', about()).id).toBe(id))

  it('refuses a name that several have, with all their ids', () => {
    expect(errorOf('SERVICE desk')).toMatchObject({
      kind: 'usage',
      message: '2 choices for Department in The Module are called SERVICE desk.',
      hint: 'Name it by id: 2 or 7.',
      facts: { candidates: [choices[1], choices[3]] },
    })
  })

  it.each([
    ['Project', 'Did you mean Projects?'],
    ['Porjects', 'Did you mean Projects?'],
    ['administraton', 'Did you mean Administration?'],
    ['zzz', 'There are: Administration, Service Desk, Projects, Service Desk, 3'],
    ['', 'There are: Administration'],
  ])('refuses %s, and says: %s', (word, hint) => {
    expect(errorOf(word, word === '' ? choices.slice(0, 1) : choices)).toMatchObject({ kind: 'usage', hint })
  })
})
