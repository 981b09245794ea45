import { createCipheriv, createDecipheriv, createHash, randomBytes, scrypt } from 'node:crypto'
import * as z from 'zod/mini'
import { K1Error } from '../core/errors.ts'

/** How a key is made from a passphrase: the parameters of scrypt (RFC 7914), and the salt in base64. */
export interface KeyRecipe {
  name: 'scrypt'
  N: number
  r: number
  p: number
  salt: string
}

const base64 = z.string().check(z.regex(/^[A-Za-z0-9+/]+={0,2}$/))

// The bounds keep a doctored file from asking for gigabytes of memory, or for a key that is cheap to guess.
const recipeSchema = z.strictObject({
  name: z.literal('scrypt'),
  N: z.int().check(z.minimum(2 ** 14), z.maximum(2 ** 20), z.refine(isPowerOfTwo)),
  r: z.int().check(z.minimum(8), z.maximum(16)),
  p: z.int().check(z.minimum(1), z.maximum(4)),
  salt: base64,
})

const headSchema = z.object({ format: z.literal('k1ctl-sealed'), version: z.number() })

const schema = z.strictObject({
  format: z.literal('k1ctl-sealed'),
  version: z.literal(1),
  kdf: recipeSchema,
  cipher: z.literal('aes-256-gcm'),
  nonce: base64,
  /** The ciphertext, and the 16 bytes of its authentication tag. */
  data: base64,
  /** SHA-256 of all the other members: it tells damage from a wrong passphrase. It needs no secret, and proves none. */
  checksum: z.string(),
})

export type Sealed = z.infer<typeof schema>

const tagLength = 16

/** A recipe with a new salt; about 0.3 s and 128 MB a guess, as OWASP asks for in 2024 (N = 2^17, r = 8, p = 1). */
export function newRecipe(): KeyRecipe {
  return { name: 'scrypt', N: 2 ** 17, r: 8, p: 1, salt: randomBytes(16).toString('base64') }
}

/** Keys that this process has made, by passphrase and recipe: a worker opens the same secrets for each date. */
const made = new Map<string, Promise<Buffer>>()
const mostKept = 16

/** The 32 bytes of the key, made once a process. Runs beside the event loop. */
export function deriveKey(passphrase: string, recipe: KeyRecipe): Promise<Buffer> {
  const name = createHash('sha256')
    .update(JSON.stringify([passphrase, recipe]))
    .digest('base64')
  const key = made.get(name) ?? scryptKey(passphrase, recipe)
  made.delete(name)
  made.set(name, key)
  key.catch(() => made.delete(name))
  const [oldest] = made.size > mostKept ? made.keys() : []
  if (oldest !== undefined) made.delete(oldest)
  return key
}

function scryptKey(passphrase: string, recipe: KeyRecipe): Promise<Buffer> {
  const { N, r, p } = recipe
  return new Promise((resolve, reject) => {
    const limits = { N, r, p, maxmem: 2 * 128 * N * r + 128 * r * p }
    // One passphrase can be typed in two ways in Unicode; NFKC makes them one, on every platform.
    scrypt(passphrase.normalize('NFKC'), Buffer.from(recipe.salt, 'base64'), 32, limits, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
}

/** Encrypts `text` with AES-256-GCM under a new nonce; the header is authenticated with it. Answers the file's text. */
export function seal(text: string, key: Buffer, recipe: KeyRecipe): string {
  const nonce = randomBytes(12)
  const head = {
    format: 'k1ctl-sealed',
    version: 1,
    kdf: recipe,
    cipher: 'aes-256-gcm',
    nonce: nonce.toString('base64'),
  } as const
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(headBytes(head))
  const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64')
  return `${JSON.stringify({ ...head, data, checksum: checksumOf({ ...head, data }) }, undefined, 2)}\n`
}

/**
 * Reads a sealed file's outside, and makes sure that it is undamaged.
 * @throws K1Error `storage`
 */
export function parseSealed(source: string, path: string): Sealed {
  let value: unknown
  try {
    value = JSON.parse(source)
  } catch (error) {
    throw damaged(path, error)
  }
  const head = headSchema.safeParse(value)
  if (head.success && head.data.version > 1) {
    throw new K1Error('storage', `The sealed secrets in ${path} were written by a newer k1ctl.`, {
      hint: 'Update k1ctl.',
      facts: { path, version: head.data.version },
    })
  }
  const sealed = schema.safeParse(value)
  if (!sealed.success || sealed.data.checksum !== checksumOf(sealed.data)) throw damaged(path)
  return sealed.data
}

/**
 * The text that was sealed.
 *
 * The checksum has already told accidental damage. What is left when the tag does not fit is a wrong passphrase, or a
 * file that somebody altered together with its checksum; no authenticated encryption can tell these two apart.
 * @throws K1Error `storage`
 */
export function unseal(sealed: Sealed, key: Buffer, path: string): string {
  const bytes = Buffer.from(sealed.data, 'base64')
  if (bytes.length < tagLength) throw damaged(path)
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(sealed.nonce, 'base64'), {
    authTagLength: tagLength,
  })
  decipher.setAAD(headBytes(sealed)).setAuthTag(bytes.subarray(-tagLength))
  try {
    return decipher.update(bytes.subarray(0, -tagLength), undefined, 'utf8') + decipher.final('utf8')
  } catch (error) {
    throw new K1Error('storage', `The passphrase does not open the sealed secrets in ${path}.`, {
      hint:
        'The file is undamaged, so this is the wrong passphrase, or somebody altered the file on purpose. ' +
        'Check K1CTL_PASSPHRASE; if the passphrase is lost, move the file away and connect again.',
      facts: { path, sealed: true },
      cause: error,
    })
  }
}

type Head = Pick<Sealed, 'format' | 'version' | 'kdf' | 'cipher' | 'nonce'>

function headBytes({ format, version, kdf, cipher, nonce }: Head): Buffer {
  return Buffer.from(JSON.stringify([format, version, kdf.name, kdf.N, kdf.r, kdf.p, kdf.salt, cipher, nonce]))
}

function checksumOf(sealed: Omit<Sealed, 'checksum'>): string {
  return createHash('sha256').update(headBytes(sealed)).update(sealed.data).digest('hex')
}

function damaged(path: string, cause?: unknown): K1Error {
  return new K1Error('storage', `The sealed secrets in ${path} are damaged: the file is not as k1ctl wrote it.`, {
    hint: 'The passphrase is not the matter. Bring the file back from a backup, or move it away and connect again.',
    facts: { path },
    cause,
  })
}

function isPowerOfTwo(n: number): boolean {
  return Number.isInteger(Math.log2(n))
}
