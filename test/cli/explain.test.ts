import { expect, it } from 'vitest'
import { systems } from '../../src/systems/index.ts'
import { runIn } from './harness.ts'

const explain = (...words: string[]) => runIn('/nowhere/k1ctl', ['explain', ...words])

it.each(systems.map(({ about }) => [about.id, about] as const))(
  '%s is explained by all that is known',
  async (id, about) => {
    const { code, stdout, stderr } = await explain(id)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const { key } of about.settings) expect(stdout).toMatch(new RegExp(`^ {2}${key} `, 'm'))
    for (const right of about.rights ?? []) expect(stdout).toContain(right)
    for (const right of about.unchecked ?? []) expect(stdout.split(right).length).toBeGreaterThan(2)
    for (const { kind } of about.accountGoals ?? []) expect(stdout).toMatch(new RegExp(`^ {2}${kind} `, 'm'))
    const told = JSON.parse((await explain(id, '--json')).stdout)
    expect(told.settings.map((s: { key: string }) => s.key)).toEqual(about.settings.map(s => s.key))
  },
)

it('gives the rights as each console takes them', async () => {
  const policy = JSON.parse((await explain('aws', '--rights')).stdout)
  expect(policy.Statement[0].Action).toEqual(expect.arrayContaining(['iam:GetUser', 'iam:SimulatePrincipalPolicy']))
  for (const action of policy.Statement[0].Action) expect(action).toMatch(/^[a-z-]+:[A-Z]\w+$/)
  const scopes = (await explain('google', '--rights')).stdout.trimEnd().split(',\n')
  expect(scopes.length).toBeGreaterThan(5)
  for (const scope of scopes) expect(scope).toMatch(/^https:\/\/www\.googleapis\.com\/auth\/[a-z.]+$/)
  const permissions = (await explain('m365', '--rights')).stdout.trimEnd().split('\n')
  expect(permissions).toContain('User.Read.All')
  expect(new Set(permissions).size).toBe(permissions.length)
})

it('refuses a system that there is not, with the nearest', async () => {
  expect(await explain('grafus')).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean graphus?') })
})
