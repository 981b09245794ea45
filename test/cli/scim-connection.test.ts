import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Ground, openGround, runIn } from './harness.ts'

let ground: Ground
beforeAll(async () => {
  ground = await openGround()
})
afterAll(() => ground.close())

const url = () => ground.sandbox.systems.scim?.credentials.url ?? ''
const token = () => ground.sandbox.systems.scim?.credentials.token ?? ''

describe('a service of which a tenant may have several', () => {
  it('is connected under a name, looked at, and forgotten', async () => {
    const words = ['connect', 'scim', '--name', 'zoom', '--url', url(), '--password-stdin', '--keep', 'plain']
    const connected = await ground.k1ctl(words, { stdin: `${token()}\n` })
    expect(connected.stderr).toContain('Signed in to zoom (SCIM 2.0 service)')
    expect(connected.code).toBe(0)
    const { stdout } = await ground.k1ctl(['connections', '--tenant', 'Northwind Dental', '--json'])
    expect(JSON.parse(stdout).map((c: { system: string }) => c.system)).toContain('scim:zoom')
    const doctor = await ground.k1ctl(['doctor', '--tenant', 'Northwind Dental', '--json'])
    expect(JSON.parse(doctor.stdout)).toContainEqual(
      expect.objectContaining({ what: 'scim:zoom for Northwind Dental', state: 'ok' }),
    )
    expect((await ground.k1ctl(['disconnect', 'scim:zoom'])).code).toBe(0)
    const after = await ground.k1ctl(['connections', '--json'])
    expect(after.stdout).not.toContain('scim:zoom')
  })

  it.each([
    [['connect', 'scim', '--url', 'http://127.0.0.1:1'], 'Which SCIM 2.0 service?'],
    [['connect', 'scim', '--name', 'Zoom Rooms', '--url', 'http://127.0.0.1:1'], 'no name for a connection'],
    [['connect', 'bms', '--name', 'second'], 'A tenant has one BMS'],
    [['disconnect', 'scim'], 'Which SCIM 2.0 service?'],
  ])('is refused without a fitting name: %j', async (words, sentence) => {
    const { code, stderr } = await runIn(ground.home, [...words, '--tenant', 'Northwind Dental'])
    expect(stderr).toContain(sentence)
    expect(code).toBe(2)
  })
})
