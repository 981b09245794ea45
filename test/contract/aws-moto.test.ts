import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aws } from '../../src/systems/aws/index.ts'
import { closedPort, createTestClock, type Loopback, startLoopback } from '../http/loopback.ts'
import { makeFolder } from '../store/ground.ts'
import { alsoDelete, bringAll, theOne } from '../systems/people-stage.ts'
import type { TriedSession as Session } from '../systems/tried-goal.ts'
import { openTried } from '../systems/tried-goal.ts'

/**
 * The client against moto, somebody else's AWS: its answers have AWS's shapes, and none of our code. Data is made with
 * AWS's own command line. Service-specific credentials are what moto does not know: an empty list stands in for them.
 */

const missing = ['aws', 'moto_server'].filter(name => spawnSync(name, ['--version']).error !== undefined)
if (missing.length > 0) console.log(`aws-moto.test.ts is skipped: there is no ${missing.join(', and no ')} here`)

const region = 'eu-central-1'
const keys = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI-K7MDENG-bPxRfiCYEXAMPLEKEY' }
const email = 'amy.lee@acme.example'
let moto: ChildProcess
let motoUrl: string
let front: Loopback
let session: Session

/** The answer, by the path of a member: `User.UserId`. */
function cli(words: string, member = ''): string {
  const out = execFileSync('aws', [...words.split(' '), '--endpoint-url', motoUrl, '--output', 'json'], {
    encoding: 'utf8',
    env: {
      ...process.env,
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      AWS_DEFAULT_REGION: region,
      AWS_CONFIG_FILE: '/nonexistent',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
  })
  let found: unknown = out.trim() === '' ? {} : JSON.parse(out)
  for (const name of member.split('.')) found = Reflect.get(Object(found), name)
  return String(found)
}

const none =
  '<ListServiceSpecificCredentialsResponse><ListServiceSpecificCredentialsResult><ServiceSpecificCredentials/></ListServiceSpecificCredentialsResult></ListServiceSpecificCredentialsResponse>'

beforeAll(async () => {
  if (missing.length > 0) return
  const port = await closedPort()
  motoUrl = `http://127.0.0.1:${port}`
  moto = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], {
    stdio: 'ignore',
    // The command may be a script that starts the real one: they are ended together.
    detached: true,
    env: { ...process.env, MOTO_IAM_LOAD_MANAGED_POLICIES: 'true' },
  })
  front = await startLoopback(({ method, url, headers, body }, response) => {
    if (body.includes('Action=ListServiceSpecificCredentials')) {
      response.end(none)
      return
    }
    const sent = Object.entries(headers).filter(([name]) => !['host', 'content-length', 'connection'].includes(name))
    const given = Object.fromEntries(sent.map(([name, value]) => [name, String(value)]))
    fetch(motoUrl + url, { method, headers: given, body }).then(
      async answer => response.writeHead(answer.status).end(await answer.text()),
      () => response.destroy(),
    )
  })
  for (let left = 150; left > 0; left -= 1) {
    const up = await fetch(motoUrl).then(
      () => true,
      () => false,
    )
    if (up) break
    await sleep(200)
  }
}, 60_000)

afterAll(async () => {
  await session?.close()
  await front?.close()
  if (moto?.pid !== undefined) process.kill(-moto.pid)
})

describe.skipIf(missing.length > 0)('moto', () => {
  it('loses a person with everything that hangs on them', { timeout: 120_000 }, async () => {
    const user = `--user-name ${email}`
    cli(`iam create-user ${user}`)
    cli(`iam create-login-profile ${user} --password Abc123!!xyz`)
    cli(`iam create-access-key ${user}`)
    cli('iam create-group --group-name dev')
    cli(`iam add-user-to-group --group-name dev ${user}`)
    cli(`iam attach-user-policy ${user} --policy-arn arn:aws:iam::aws:policy/AdministratorAccess`)
    cli(
      `iam put-user-policy ${user} --policy-name own --policy-document {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`,
    )
    const picture = join(makeFolder(), 'mfa.png')
    const device = `--virtual-mfa-device-name amy --outfile ${picture} --bootstrap-method QRCodePNG`
    const serial = cli(`iam create-virtual-mfa-device ${device}`, 'VirtualMFADevice.SerialNumber')
    cli(
      `iam enable-mfa-device ${user} --serial-number ${serial} --authentication-code1 123456 --authentication-code2 654321`,
    )

    const instance = cli('sso-admin list-instances', 'Instances.0.InstanceArn')
    const store = `--identity-store-id ${cli('sso-admin list-instances', 'Instances.0.IdentityStoreId')}`
    const names = `--user-name ${email} --display-name Amy --name GivenName=Amy,FamilyName=Lee --emails Value=${email},Primary=true`
    const userId = cli(`identitystore create-user ${store} ${names}`, 'UserId')
    const group = cli(`identitystore create-group ${store} --display-name staff`, 'GroupId')
    cli(`identitystore create-group-membership ${store} --group-id ${group} --member-id UserId=${userId}`)
    const made = cli(
      `sso-admin create-permission-set --instance-arn ${instance} --name Power`,
      'PermissionSet.PermissionSetArn',
    )
    const target = `--instance-arn ${instance} --target-id 111122223333 --target-type AWS_ACCOUNT --permission-set-arn ${made}`
    cli(`sso-admin create-account-assignment ${target} --principal-type USER --principal-id ${userId}`)

    const clock = createTestClock(new Date().toISOString())
    session = await openTried(aws, { region, auth: 'keys', ...keys, url: front.url }, { clock, http: { env: {} } })
    if (session.people === undefined) throw new Error('no people')
    const account = await theOne(session.people, email)
    expect(account).toMatchObject({ email, login: email, active: true })
    expect(account.roles).toEqual([
      { name: 'AdministratorAccess', admin: true },
      { name: 'Power in 111122223333', admin: false },
    ])
    const brought = await bringAll(await session.people.goals(account, alsoDelete))
    expect([...brought].map(([kind, { before, after }]) => [kind, before.state, after.state])).toEqual([
      ['sign-in-blocked', 'not-yet', 'holds'],
      ['sessions-ended', 'holds', 'holds'],
      ['credentials-revoked', 'holds', 'holds'],
      ['groups-left', 'not-yet', 'holds'],
      ['access-freed', 'not-yet', 'holds'],
      ['deleted', 'not-yet', 'holds'],
    ])
    expect(await session.people.find(email)).toEqual([])
    expect(cli('iam list-virtual-mfa-devices', 'VirtualMFADevices.length')).toBe('0')
    expect(cli(`identitystore list-users ${store}`, 'Users.length')).toBe('0')
  })
})
