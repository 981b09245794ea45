import { AwsError, noSuch } from './aws-error.ts'
import type { Credential, IamAccount, IamUser, Status } from './state.ts'

type Kind = 'accessKeys' | 'sshKeys' | 'certificates' | 'serviceCredentials'
type Input = (name: string) => string

const created = '2026-01-05T09:00:00Z'

const kinds: Record<Kind, { what: string; id: string; list: string; show(user: IamUser, one: Credential): object }> = {
  accessKeys: {
    what: 'Access Key',
    id: 'AccessKeyId',
    list: 'AccessKeyMetadata',
    show: () => ({ CreateDate: created }),
  },
  sshKeys: {
    what: 'SSH Public Key',
    id: 'SSHPublicKeyId',
    list: 'SSHPublicKeys',
    show: () => ({ UploadDate: created }),
  },
  certificates: {
    what: 'Certificate',
    id: 'CertificateId',
    list: 'Certificates',
    show: () => ({
      CertificateBody: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
      UploadDate: created,
    }),
  },
  serviceCredentials: {
    what: 'Service Specific Credential',
    id: 'ServiceSpecificCredentialId',
    list: 'ServiceSpecificCredentials',
    show: ({ name }) => ({
      ServiceName: 'codecommit.amazonaws.com',
      ServiceUserName: `${name}-at-111122223333`,
      CreateDate: created,
    }),
  },
}

const kindOf: Record<string, Kind> = {
  AccessKeys: 'accessKeys',
  AccessKey: 'accessKeys',
  SSHPublicKeys: 'sshKeys',
  SSHPublicKey: 'sshKeys',
  SigningCertificates: 'certificates',
  SigningCertificate: 'certificates',
  ServiceSpecificCredentials: 'serviceCredentials',
  ServiceSpecificCredential: 'serviceCredentials',
}

/** List, update and delete of the four kinds of credentials with a status; undefined for another action. */
export function credentialAction(action: string, user: () => IamUser, input: Input): object | undefined {
  const [, verb = '', noun = ''] = /^(List|Update|Delete)(.+)$/.exec(action) ?? []
  const kind = kindOf[noun]
  if (kind === undefined) return undefined
  const owner = user()
  const { what, id, list, show } = kinds[kind]
  if (verb === 'List') {
    const items = owner[kind].map(one => ({
      UserName: owner.name,
      [id]: one.id,
      Status: one.status,
      ...show(owner, one),
    }))
    return { paged: list, items }
  }
  const one = owner[kind].find(credential => credential.id === input(id))
  if (one === undefined) throw new AwsError('NoSuchEntity', `The ${what} with id ${input(id)} cannot be found.`)
  if (verb === 'Update') one.status = statusOf(input('Status'))
  else
    owner[kind].splice(
      owner[kind].findIndex(other => other.id === one.id),
      1,
    )
  return {}
}

function statusOf(text: string): Status {
  if (text === 'Active' || text === 'Inactive') return text
  throw new AwsError('ValidationError', `1 validation error detected: Value '${text}' at 'status' is not valid.`)
}

/** MFA devices: taken from the user first, deleted then, where they are virtual. */
export function mfaAction(action: string, account: IamAccount, user: () => IamUser, input: Input): object | undefined {
  switch (action) {
    case 'ListMFADevices': {
      const owner = user()
      const items = owner.mfaDevices.map(serial => ({
        UserName: owner.name,
        SerialNumber: serial,
        EnableDate: created,
      }))
      return { paged: 'MFADevices', items }
    }
    case 'DeactivateMFADevice': {
      const owner = user()
      const serial = input('SerialNumber')
      if (!owner.mfaDevices.includes(serial)) throw noSuch('MFA Device', serial)
      owner.mfaDevices = owner.mfaDevices.filter(one => one !== serial)
      return {}
    }
    case 'DeleteVirtualMFADevice': {
      const serial = input('SerialNumber')
      if (!account.virtualMfaDevices.includes(serial)) throw noSuch('VirtualMFADevice', serial)
      if (account.users.some(({ mfaDevices }) => mfaDevices.includes(serial))) {
        throw new AwsError('DeleteConflict', 'MFA VirtualDevice in use. Must deactivate first.')
      }
      account.virtualMfaDevices = account.virtualMfaDevices.filter(one => one !== serial)
      return {}
    }
    default:
      return undefined
  }
}
