import { z } from 'zod'
import { gather, type Partial } from './gather.ts'
import type { LooksBelow } from './looks.ts'

/** Access keys go with the sign-in. */
export const credentialKinds = ['sshKeys', 'certificates', 'serviceCredentials'] as const
const words = {
  sshKeys: ['SSH key', 'SSH keys'],
  certificates: ['signing certificate', 'signing certificates'],
  serviceCredentials: ['service credential', 'service credentials'],
} as const

/** Absent where it could not be seen. */
const list = z.array(z.object({ id: z.string(), active: z.boolean() })).optional()
export const credentialsShape = z.object({
  user: z.string(),
  sshKeys: list,
  certificates: list,
  serviceCredentials: list,
})
export type CredentialsHad = z.infer<typeof credentialsShape>

export interface CredentialsReading extends CredentialsHad, Partial {
  /** Serial numbers. They stay: evidence, and no more; absent where they could not be seen. */
  mfaDevices?: string[]
}

export async function readCredentials(user: string, looks: LooksBelow): Promise<CredentialsReading> {
  const all = gather()
  const read = (kind: (typeof credentialKinds)[number]) =>
    all.of(`the ${words[kind][1]}`, looks.credentials(user, kind))
  const [sshKeys, certificates, serviceCredentials, mfaDevices] = await Promise.all([
    read('sshKeys'),
    read('certificates'),
    read('serviceCredentials'),
    gather().of('the MFA devices', looks.mfaDevices(user)),
  ])
  const stay = mfaDevices ? { mfaDevices } : {}
  return { user, sshKeys, certificates, serviceCredentials, ...stay, ...all.left() }
}

/** Those that can be used. */
export function activeIn(had: CredentialsHad) {
  return credentialKinds.flatMap(kind =>
    (had[kind] ?? []).filter(one => one.active).map(({ id }) => ({ kind, id, name: `${words[kind][0]} ${id}` })),
  )
}
