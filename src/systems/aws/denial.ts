import { z } from 'zod'
import type { IamRef } from './account-id.ts'
import { codeOf, unlessGone } from './error.ts'
import type { Iam, IamUser } from './iam.ts'

/** The inline policy that keeps a leaver out, and tells whoever finds it where it comes from. */
export const denialName = 'k1ctl-offboarded'

function documentOf(Condition?: object): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Sid: 'DenyAll', Effect: 'Deny', Action: '*', Resource: '*', ...(Condition ? { Condition } : {}) }],
  })
}

/** AWS's own policy with the same words: for users whose inline policies fill the 2,048 characters that they may have. */
export function isDenyAll(arn: string): boolean {
  return /^arn:aws[a-z-]*:iam::aws:policy\/AWSDenyAll$/.test(arn)
}

const many = z.union([z.string().transform(one => [one]), z.array(z.string())])
const statement = z.looseObject({ Effect: z.string(), Action: many.optional(), Resource: many.optional() })
const policy = z.object({ Statement: z.union([z.array(statement), statement.transform(one => [one])]) })

/** Is everything denied, always? Somebody may have changed the policy that has our name. */
export function deniesAll(text: string): boolean {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return false
  }
  const read = policy.safeParse(value)
  if (!read.success) return false
  return read.data.Statement.some(
    one =>
      one.Effect === 'Deny' &&
      one.Action?.includes('*') === true &&
      one.Resource?.includes('*') === true &&
      one.Condition === undefined,
  )
}

/** The name of the policy that denies everything to the user; null where there is none. */
export async function readDenial(iam: Iam, { UserName }: IamUser): Promise<string | null> {
  const inline = await iam.inlinePolicies(UserName)
  if (inline.includes(denialName)) {
    const text = await iam.inlinePolicy(UserName, denialName)
    if (text !== undefined && deniesAll(text)) return denialName
  }
  return (await iam.attachedPolicies(UserName)).find(({ arn }) => isDenyAll(arn))?.name ?? null
}

/** Also live sessions of the user's own keys are evaluated against it, request by request. */
export async function deny(iam: Iam, name: string): Promise<void> {
  try {
    await iam.putPolicy(name, denialName, documentOf())
  } catch (error) {
    if (codeOf(error) !== 'LimitExceeded') throw error
    await iam.attachPolicy(name, iam.managedPolicy('AWSDenyAll'))
  }
}

/**
 * Where the user could not be read: denied to the one with this id alone, for the name may be somebody else's by now.
 * (`aws:userid` is the unique id of an IAM user, also of the temporary keys that it asks for: IAM, "Policy variables".)
 */
export async function denyById(iam: Iam, { id, name }: IamRef): Promise<void> {
  await iam.putPolicy(name, denialName, documentOf({ StringEquals: { 'aws:userid': id } }))
}

/** Takes away what denies everything, and nothing else. */
export async function undeny(iam: Iam, name: string): Promise<void> {
  await unlessGone(iam.deletePolicy(name, denialName))
  await unlessGone(iam.detachPolicy(name, iam.managedPolicy('AWSDenyAll')))
}
