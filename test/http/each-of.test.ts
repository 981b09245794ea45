import { expect, it } from 'vitest'
import { K1Error } from '../../src/core/errors.ts'
import { eachOf } from '../../src/http/each-of.ts'
import { failureOf } from './loopback.ts'

const fails = (kind: 'forbidden' | 'server' | 'cancelled', done?: string[]) => async () => {
  done?.push(kind)
  throw new K1Error(kind, `It was ${kind}.`)
}

it('does all of it, and says the first failure with the others', async () => {
  const done: string[] = []
  const error = await failureOf(eachOf([fails('forbidden'), async () => done.push('second'), fails('server')]))
  expect([error.message, error.facts.others, done]).toEqual(['It was forbidden.', ['It was server.'], ['second']])
})

it('ends at once when a person cancels', async () => {
  const done: string[] = []
  const error = await failureOf(eachOf([fails('server', done), fails('cancelled', done), fails('forbidden', done)]))
  expect([error.kind, done]).toEqual(['cancelled', ['server', 'cancelled']])
})
