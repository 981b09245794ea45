import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import * as writes from '../../src/systems/microsoft-365/write.ts'

const folder = fileURLToPath(new URL('../../src/systems/microsoft-365/', import.meta.url))
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.ts'))
  .sort()
  .map(name => ({ name, text: readFileSync(`${folder}${name}`, 'utf8') }))

/** Every change that exists, each with ids that try to be more than ids. */
const made = Object.entries(writes).flatMap(([name, make]) =>
  ['id', '../users/7', 'a/b', '7/$ref/..'].map(id => {
    const values: unknown[] = name === 'removeOwner' || name === 'addOwner' ? ['groups', id, id] : [id, id, id]
    if (name === 'addOwner') values.unshift('base')
    if (name === 'giveAppRole') values.splice(0, 3, { principalId: id, resourceId: id, appRoleId: id })
    if (name === 'giveConsent') values.splice(0, 3, { clientId: id, principalId: id, resourceId: id, scope: id })
    return { name, write: Reflect.apply(make, undefined, values) }
  }),
)

describe('the changes that can be sent', () => {
  it('remove a membership or an owner only with /$ref, whatever the ids are', () => {
    const deletions = made.filter(({ write }) => write.method === 'DELETE')
    expect(deletions.length).toBeGreaterThan(20)
    for (const { name, write } of deletions) {
      const isReference = /^\/(?:groups|directoryRoles|applications|servicePrincipals)\//.test(write.path.text)
      expect([name, isReference && !write.path.text.endsWith('/$ref')]).toEqual([name, false])
      expect(write.path.text).not.toMatch(/\/\.\.?(?:\/|$)/)
    }
    expect(deletions.filter(({ write }) => /^\/groups\//.test(write.path.text)).length).toBe(8)
  })

  it('delete a person in one way only, which one goal uses', () => {
    const deleting = made.filter(({ write }) => write.method === 'DELETE' && /^\/users\/[^/]+$/.test(write.path.text))
    expect(new Set(deleting.map(({ name }) => name))).toEqual(new Set(['deleteUser']))
    expect(sources.filter(({ text }) => /\bdeleteUser\b/.test(text)).map(({ name }) => name)).toEqual([
      'goals/deleted.ts',
      'write.ts',
    ])
  })

  it('are all that is sent: no other file makes a request that changes something', () => {
    const others = sources.filter(({ name }) => name !== 'write.ts')
    expect(others.filter(({ text }) => /new Write\b|method: '(?:DELETE|PATCH|PUT)'/.test(text))).toEqual([])
    // POST is for signing in and for batches, whose parts are such changes again, or read.
    expect(others.filter(({ text }) => /method: 'POST'/.test(text)).map(({ name }) => name)).toEqual([
      'batch.ts',
      'device-code.ts',
      // Cmdlets of Exchange Online, from their own closed list.
      'exchange/invoke.ts',
      'exchange/shared-commands.ts',
      'sign-in.ts',
    ])
    expect(others.filter(({ text }) => /\bsendBatch\(/.test(text)).map(({ name }) => name)).toEqual([
      'batch.ts',
      'graph.ts',
    ])
  })
})
