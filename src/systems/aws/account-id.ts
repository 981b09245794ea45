import { K1Error } from '../../core/errors.ts'

/** An IAM user. The name may be changed, and be given to somebody else later: the id never. */
export interface IamRef {
  id: string
  name: string
}

/** A user of an Identity Center directory. */
export interface CenterRef {
  storeId: string
  userId: string
}

/** What one person has in AWS: one of both, or both. */
export interface Parts {
  iam?: IamRef
  center?: CenterRef
}

/** By the patterns of AWS's own service models. */
const iamPart = /^iam:(\w{16,128})\/([\w+=,.@-]{1,128})$/
const centerPart =
  /^idc:([A-Za-z0-9-]{1,64})\/((?:[0-9a-f]{10}-)?[A-Fa-f0-9]{8}(?:-[A-Fa-f0-9]{4}){3}-[A-Fa-f0-9]{12})$/

/** `iam:AIDAEXAMPLE/amy idc:d-0123456789/…`; neither part can have a space in it. */
export function formatId({ iam, center }: Parts): string {
  const both = [
    ...(iam ? [`iam:${iam.id}/${iam.name}`] : []),
    ...(center ? [`idc:${center.storeId}/${center.userId}`] : []),
  ]
  return both.join(' ')
}

/** Null for what no account can have as its id. */
export function parseId(id: string): Parts | null {
  const parts: Parts = {}
  for (const word of id.split(' ')) {
    const [, iamId, name] = iamPart.exec(word) ?? []
    const [, storeId, userId] = centerPart.exec(word) ?? []
    if (iamId !== undefined && name !== undefined && parts.iam === undefined && parts.center === undefined) {
      parts.iam = { id: iamId, name }
    } else if (storeId !== undefined && userId !== undefined && parts.center === undefined) {
      parts.center = { storeId, userId }
    } else {
      return null
    }
  }
  return parts
}

/** @throws K1Error `usage` */
export function partsOf(id: string): Parts {
  const parts = parseId(id)
  if (parts !== null) return parts
  throw new K1Error('usage', `"${id.slice(0, 80)}" is not the id of an AWS account that k1ctl gave.`)
}
