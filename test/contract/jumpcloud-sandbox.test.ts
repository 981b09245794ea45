import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { jumpcloudRoutes } from '../../src/sandbox/jumpcloud/exhibit.ts'
import { readContract, whyNoContract } from './jumpcloud-contract.ts'

const missing = whyNoContract()
if (missing !== null) console.warn(`test/contract/jumpcloud-sandbox.test.ts: skipped, because ${missing}`)

describe.skipIf(missing !== null)('the simulated JumpCloud keeps to the published contracts', () => {
  const contract = missing === null ? readContract() : undefined
  const check = (name: string, status: number, text: string) => contract?.checkAnswer(name, status, text)
  let sandbox: Sandbox
  beforeAll(async () => {
    sandbox = await startSandbox({ seed: 'demo' })
  })
  afterAll(() => sandbox.close())

  it.each(jumpcloudRoutes)('serves $method $template as it is published', ({ method, template, takesOrganization }) => {
    const name = contract?.operationOf(method, template.replace(/\{[^}]+\}/g, 'x')) ?? ''
    expect(name.replace(/\{[^}]+\}/g, '{}')).toBe(`${method} ${template.replace(/\{[^}]+\}/g, '{}')}`)
    expect(contract?.takesOrganization(name)).toBe(takesOrganization)
  })

  it('would notice an answer that is not in them', () => {
    const name = 'GET /api/v2/users/{user_id}/associations'
    expect(check(name, 200, '[{"to":{"id":"1","type":"system"}}]')).toEqual([])
    expect(check(name, 200, '[{"to":{"id":"1"}}]')?.[0]).toContain('type')
    expect(check(name, 200, '{"results":[]}')?.[0]).toContain('must be array')
    expect(check(name, 201, '[]')).toEqual(['answers 201, which is not declared'])
    expect(check('DELETE /api/v2/bulk/userstates/{id}', 204, 'x')?.[0]).toContain('none is declared')
    expect(check('GET /api/systemusers/{id}', 200, '{"state":"GONE"}')?.[0]).toContain('allowed values')
    expect(check('GET /api/systemusers/{id}', 200, '{"account_locked_date":null}')).toEqual([])
    expect(check('GET /api/systemusers/{id}', 200, '{"email":null}')?.[0]).toContain('must be string')
  })

  const wrong = '0123456789abcdef01234567'
  it.each([
    ['DELETE', `/api/systemusers/${wrong}`, 404],
    ['GET', `/api/systemusers/${wrong}/sshkeys`, 404],
    ['POST', `/api/systemusers/${wrong}/expire`, 404],
    ['DELETE', `/api/v2/bulk/userstates/${wrong}`, 404],
    ['DELETE', `/api/v2/users/${wrong}/pushendpoints/${wrong}`, 404],
    ['POST', `/api/systems/${wrong}/command/builtin/erase`, 404],
    ['GET', `/api/v2/applemdms/${wrong}/devices`, 404],
  ])('refuses %s %s as declared', async (method, path, status) => {
    const known = sandbox.systems.jumpcloud?.credentials ?? {}
    const headers = { 'x-api-key': known.apiKey ?? '', 'x-org-id': known.orgId ?? '' }
    const answer = await fetch(`${known.url}${path}`, { method, headers })
    const text = await answer.text()
    expect(answer.status).toBe(status)
    expect(JSON.parse(text)).toMatchObject({ code: status, message: expect.stringContaining('not found') })
    expect(check(contract?.operationOf(method, path) ?? '', status, text)).toEqual([])
  })
})
