import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deriveKey, seal } from '../../src/store/sealed-text.ts'

/**
 * Puts a sealed file with nothing in it into a home, under the lightest recipe that k1ctl takes: each of many commands
 * then opens it in a tenth of the time that a file of its own would need.
 */
export async function sealLightly(home: string, passphrase: string): Promise<void> {
  const recipe = { name: 'scrypt' as const, N: 2 ** 14, r: 8, p: 1, salt: randomBytes(16).toString('base64') }
  const folder = join(home, 'secrets')
  mkdirSync(folder, { mode: 0o700 })
  writeFileSync(join(folder, 'sealed.json'), seal('[]', await deriveKey(passphrase, recipe), recipe), { mode: 0o600 })
}
