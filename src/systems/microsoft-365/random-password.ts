import { randomBytes } from 'node:crypto'
import { rememberSecret } from '../../core/redact.ts'

/** One that nobody knows, and that is shown nowhere. */
export function randomPassword(): string {
  // 43 characters of 64, and one of each class that a policy may want.
  const password = `${randomBytes(32).toString('base64url')}aZ7!`
  rememberSecret(password)
  return password
}
