import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { demoWorld, estateLeaver, type Sandbox, startSandbox } from '../../src/sandbox/index.ts'

/**
 * AWS's own command line against the sandbox's AWS: its requests are signed by AWS's code, and its parser, built from
 * AWS's service models, reads the answers.
 */

const version = spawnSync('aws', ['--version'], { encoding: 'utf8' })
const reason = version.status === 0 ? '' : 'there is no aws command here'
if (reason !== '') console.log(`aws-cli.test.ts is skipped: ${reason}`)

let sandbox: Sandbox
const run = promisify(execFile)
const leaver = estateLeaver(demoWorld())

beforeAll(async () => {
  sandbox = await startSandbox({ seed: 'demo' })
})
afterAll(() => sandbox.close())

async function aws(words: string, keys: Record<string, string> = {}): Promise<Record<string, unknown>> {
  const { url = '', region = '', accessKeyId = '', secretAccessKey = '' } = sandbox.systems.aws?.credentials ?? {}
  // With a URL of one's own, AWS's command line no longer knows that IAM is signed for us-east-1.
  const signed = words.startsWith('iam ') ? 'us-east-1' : region
  const { stdout } = await run(
    'aws',
    [...words.split(' '), '--endpoint-url', url, '--region', signed, '--output', 'json'],
    {
      env: {
        ...process.env,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_CONFIG_FILE: '/nonexistent',
        AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
        AWS_MAX_ATTEMPTS: '1',
        ...keys,
      },
    },
  )
  return stdout.trim() === '' ? {} : JSON.parse(stdout)
}

const failing = (words: string, keys?: Record<string, string>) =>
  aws(words, keys).then(
    () => 'went well',
    (error: Error) => error.message,
  )

describe.skipIf(reason !== '')('the AWS command line', () => {
  it('signs in, reads the people, and is refused one conflict after the other', async () => {
    expect(await aws('sts get-caller-identity')).toMatchObject({ Account: '111122223333' })
    const user = `--user-name ${leaver.login}`
    expect(await aws(`iam get-user ${user}`)).toMatchObject({ User: { UserName: leaver.login } })
    expect(await aws(`iam list-access-keys ${user}`)).toMatchObject({ AccessKeyMetadata: [{ Status: 'Active' }, {}] })
    expect(await aws(`iam get-user-policy ${user} --policy-name own-bucket`)).toMatchObject({
      PolicyDocument: { Version: '2012-10-17' },
    })
    for (const list of ['list-mfa-devices', 'list-ssh-public-keys', 'list-signing-certificates']) {
      expect(Object.values(await aws(`iam ${list} ${user}`))[0]).not.toEqual([])
    }
    expect(await failing(`iam delete-user ${user}`)).toContain('(DeleteConflict)')
    expect(await failing('iam get-user --user-name nobody')).toContain('(NoSuchEntity)')
  })

  it('reads Identity Center, and follows what it deletes there', async () => {
    const { Instances } = await aws('sso-admin list-instances')
    const [instance] = Array.isArray(Instances) ? Instances : []
    const store = `--identity-store-id ${instance.IdentityStoreId}`
    const { Users } = await aws(`identitystore list-users ${store} --max-items 3`)
    const user = (Array.isArray(Users) ? Users : []).find(one => one.UserName === leaver.person.email)
    expect(user).toMatchObject({ UserStatus: 'ENABLED' })
    const principal = `--instance-arn ${instance.InstanceArn} --principal-type USER --principal-id ${user.UserId}`
    const { AccountAssignments: all } = await aws(`sso-admin list-account-assignments-for-principal ${principal}`)
    const own = (Array.isArray(all) ? all : []).filter(one => one.PrincipalType === 'USER')
    expect(own).toHaveLength(2)
    const target = `--target-type AWS_ACCOUNT --target-id ${own[0].AccountId} --permission-set-arn ${own[0].PermissionSetArn}`
    expect(await aws(`sso-admin delete-account-assignment ${principal} ${target}`)).toMatchObject({
      AccountAssignmentDeletionStatus: { Status: 'IN_PROGRESS' },
    })
    expect(await failing(`sso-admin delete-account-assignment ${principal} ${target}`)).toContain('(ConflictException)')
  })

  it('is refused with a wrong key', async () => {
    const wrong = { AWS_SECRET_ACCESS_KEY: 'x'.repeat(40) }
    expect(await failing('iam list-users', wrong)).toContain('(SignatureDoesNotMatch)')
    expect(await failing('sso-admin list-instances', wrong)).toContain('(InvalidSignatureException)')
  })
})
