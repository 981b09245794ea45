import { SignatureV4 } from '@smithy/signature-v4'
import { XMLParser } from 'fast-xml-parser'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { demoWorld, estateLeaver, estateTenant, type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { Sha256 } from '../../src/systems/aws/sha256.ts'

/** The sandbox's AWS by itself: asked with AWS's own signing code, and with no line of the client's calls. */

let sandbox: Sandbox
const leaver = estateLeaver(demoWorld())

beforeEach(async () => {
  sandbox = await startSandbox({ seed: 'demo' })
})
afterEach(() => sandbox.close())

interface Sent {
  service: string
  region?: string
  body: string
  headers?: Record<string, string>
  /** Done to the request after it was signed. */
  alter?: (request: { headers: Record<string, string>; body: string }) => void
}

async function send({ service, region = 'eu-central-1', body, headers = {}, alter }: Sent) {
  const { url = '', accessKeyId = '', secretAccessKey = '' } = sandbox.systems.aws?.credentials ?? {}
  const { hostname, port, host, pathname } = new URL(url)
  const signer = new SignatureV4({ service, region, credentials: { accessKeyId, secretAccessKey }, sha256: Sha256 })
  const path = `${pathname}/`
  const common = { host, 'content-type': 'application/x-www-form-urlencoded', ...headers }
  const signed = await signer.sign({
    method: 'POST',
    protocol: 'http:',
    hostname,
    port: Number(port),
    path,
    headers: common,
    body,
  })
  const request = { headers: signed.headers, body }
  alter?.(request)
  const response = await fetch(`${url}/`, { method: 'POST', ...request })
  const text = await response.text()
  const answer: unknown = text.startsWith('<')
    ? new XMLParser({ parseTagValue: false }).parse(text, true)
    : JSON.parse(text)
  return { status: response.status, text, answer }
}

const iam = (Action: string, more: Record<string, string> = {}, rest: Partial<Sent> = {}) =>
  send({
    service: 'iam',
    region: 'us-east-1',
    body: new URLSearchParams({ Action, Version: '2010-05-08', ...more }).toString(),
    ...rest,
  })
const json = (service: string, target: string, input: object) =>
  send({
    service,
    body: JSON.stringify(input),
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
  })
const sso = (action: string, input: object) => json('sso', `SWBExternalService.${action}`, input)
const store = (action: string, input: object) => json('identitystore', `AWSIdentityStore.${action}`, input)

describe('the signature', () => {
  it('is good for what was signed', async () => {
    expect((await iam('ListUsers')).status).toBe(200)
  })

  it.each<[string, NonNullable<Sent['alter']>]>([
    [
      'another body',
      request => {
        request.body = request.body.replace('ListUsers', 'ListRoles')
      },
    ],
    [
      'another header',
      request => {
        request.headers['content-type'] = 'application/x-www-form-urlencoded; charset=utf-8'
      },
    ],
    [
      'another time',
      request => {
        request.headers['x-amz-date'] = String(request.headers['x-amz-date']).replace(/\d\dZ$/, '99Z')
      },
    ],
    [
      'another region',
      request => {
        request.headers.authorization = String(request.headers.authorization).replace('us-east-1', 'us-east-2')
      },
    ],
  ])('is not good for %s', async (_, alter) => {
    const { status, text } = await iam('ListUsers', {}, { alter })
    expect([status, text]).toEqual([403, expect.stringContaining('SignatureDoesNotMatch')])
  })

  it.each([
    ['none', undefined, 'MissingAuthenticationToken'],
    ['of an unknown key', 'AKIAIOSFODNN7EXAMPLE', 'InvalidClientTokenId'],
  ])('is asked for: %s', async (_, key, code) => {
    const { status, text } = await iam(
      'ListUsers',
      {},
      {
        alter: ({ headers }) => {
          const { authorization = '' } = headers
          delete headers.authorization
          if (key) headers.authorization = authorization.replace(/Credential=[^/]+/, `Credential=${key}`)
        },
      },
    )
    expect([status, text]).toEqual([403, expect.stringContaining(code)])
  })

  it('has to be for the service, and IAM for us-east-1', async () => {
    expect((await iam('ListUsers', {}, { region: 'eu-central-1' })).text).toContain('scoped to a valid region')
    expect((await iam('ListUsers', {}, { service: 'sts' })).text).toContain('scoped to a valid region')
  })
})

describe('an IAM user', () => {
  it('is deleted only when nothing hangs on it, and each thing is named in turn', async () => {
    const UserName = leaver.login
    const seen: string[] = []
    const steps: [string, Record<string, string>][] = [
      ['DeleteLoginProfile', {}],
      ['DeleteAccessKey', { AccessKeyId: 'AccessKeyMetadata' }],
      ['DeleteAccessKey', { AccessKeyId: 'AccessKeyMetadata' }],
      ['DeleteSigningCertificate', { CertificateId: 'Certificates' }],
      ['DeactivateMFADevice', { SerialNumber: `arn:aws:iam::111122223333:mfa/${UserName}-phone` }],
      ['DeactivateMFADevice', { SerialNumber: 'GAHT12345678' }],
      ['DeleteSSHPublicKey', { SSHPublicKeyId: 'SSHPublicKeys' }],
      ['DeleteServiceSpecificCredential', { ServiceSpecificCredentialId: 'ServiceSpecificCredentials' }],
      ['RemoveUserFromGroup', { GroupName: 'Developers' }],
      ['RemoveUserFromGroup', { GroupName: 'Billing' }],
      ['DeleteUserPolicy', { PolicyName: 'own-bucket' }],
      ['DetachUserPolicy', { PolicyArn: 'arn:aws:iam::aws:policy/AmazonS3FullAccess' }],
      ['DetachUserPolicy', { PolicyArn: 'arn:aws:iam::111122223333:policy/workshop-machines' }],
    ]
    for (const [action, more] of steps) {
      const { status, text } = await iam('DeleteUser', { UserName })
      expect([status, text]).toEqual([409, expect.stringContaining('DeleteConflict')])
      seen.push(/must ([^.]+) first/.exec(text)?.[1] ?? '')
      const input = Object.fromEntries(
        await Promise.all(Object.entries(more).map(async ([name, value]) => [name, await idIn(value, name)])),
      )
      expect([action, (await iam(action, { UserName, ...input })).status]).toEqual([action, 200])
    }
    expect(new Set(seen).size).toBe(9)
    expect((await iam('DeleteUser', { UserName })).status).toBe(200)
    expect((await iam('GetUser', { UserName })).status).toBe(404)

    /** The first id of a list, where the value is the name of one. */
    async function idIn(value: string, name: string): Promise<string> {
      const lists: Record<string, string> = {
        AccessKeyMetadata: 'ListAccessKeys',
        Certificates: 'ListSigningCertificates',
        SSHPublicKeys: 'ListSSHPublicKeys',
        ServiceSpecificCredentials: 'ListServiceSpecificCredentials',
      }
      const list = lists[value]
      if (list === undefined) return value
      const { text } = await iam(list, { UserName })
      return new RegExp(`<${name}>([^<]+)<`).exec(text)?.[1] ?? ''
    }
  })

  it('may not have more than 2,048 characters of inline policies', async () => {
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [{ Sid: 'x'.repeat(2000) }] })
    const { status, text } = await iam('PutUserPolicy', { UserName: leaver.login, PolicyName: 'big', PolicyDocument })
    expect([status, text]).toEqual([409, expect.stringContaining('LimitExceeded')])
  })
})

describe('Identity Center', () => {
  const InstanceArn = 'arn:aws:sso:::instance/ssoins-72230a1b2c3d4e5f'
  const IdentityStoreId = 'd-9967aa1b2c'

  it('orphans the assignments of a user who is deleted first, for good', async () => {
    const attribute = { AttributePath: 'userName', AttributeValue: leaver.person.email }
    const found = await store('GetUserId', { IdentityStoreId, AlternateIdentifier: { UniqueAttribute: attribute } })
    const { UserId } = Object(found.answer)
    const principal = { InstanceArn, PrincipalId: UserId, PrincipalType: 'USER' }
    const { AccountAssignments: all } = Object((await sso('ListAccountAssignmentsForPrincipal', principal)).answer)
    expect(all.map((one: { PrincipalType: string }) => one.PrincipalType).sort()).toEqual(['GROUP', 'USER', 'USER'])
    const own = all.find((one: { PrincipalType: string }) => one.PrincipalType === 'USER')

    expect((await store('DeleteUser', { IdentityStoreId, UserId })).status).toBe(200)
    await fetch(`${sandbox.systems.aws?.control}/assignments`, { method: 'POST', body: '{"delayMs":0}' })
    const target = { TargetId: own.AccountId, TargetType: 'AWS_ACCOUNT', PermissionSetArn: own.PermissionSetArn }
    const begun = Object((await sso('DeleteAccountAssignment', { ...principal, ...target })).answer)
    const { RequestId, Status } = begun.AccountAssignmentDeletionStatus
    expect(Status).toBe('IN_PROGRESS')
    const ended = await sso('DescribeAccountAssignmentDeletionStatus', {
      InstanceArn,
      AccountAssignmentDeletionRequestId: RequestId,
    })
    expect(ended.text).toContain('"FAILED"')
    expect(ended.text).toContain('was not found in directory')
  })

  it('is in its own region only', async () => {
    const target = { 'x-amz-target': 'SWBExternalService.ListInstances' }
    const elsewhere = await send({ service: 'sso', region: 'us-east-1', body: '{}', headers: target })
    expect(elsewhere.answer).toEqual({ Instances: [] })
  })
})

it('is used by the one tenant that has an estate', () => {
  const name = estateTenant(demoWorld())?.name
  expect(sandbox.tenants.filter(({ connections }) => connections.aws).map(tenant => tenant.name)).toEqual([name])
})
