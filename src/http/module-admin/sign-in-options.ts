import type { OpenDeps } from '../../core/system.ts'
import type { HttpClient } from '../client.ts'
import type { Endpoint } from './problem.ts'

export interface Credentials {
  username: string
  company: string
  password?: string
  /** From an earlier sign-in; tried before the password. */
  refreshToken?: string
}

/** What a sign-in stands on. */
export interface SignInOptions {
  endpoint: Endpoint
  credentials: Credentials
  /** For anonymous requests. */
  http: HttpClient
  /** A client of its own for a request that must not end with the others: a push that is waited for, or withdrawn. */
  clientFor: (http: OpenDeps['http']) => HttpClient
  deps: OpenDeps
}
