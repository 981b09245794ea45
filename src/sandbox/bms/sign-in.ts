import type { SimulatedRequest, SimulatorDeps } from '../simulator.ts'
import type { Company } from './company.ts'
import { failure, type Reply, refusal, success } from './envelope.ts'
import { readForm } from './form.ts'

const accessMs = 60 * 60_000
const refreshMs = 24 * 60 * 60_000

interface Grant {
  company: Company
  expires: number
}

/** Tokens of one sandbox. A refresh replaces both tokens: the old ones are worth nothing then. */
export class SignIn {
  readonly #deps: SimulatorDeps
  #access = new Map<string, Grant>()
  #refresh = new Map<string, Grant>()

  constructor(deps: SimulatorDeps) {
    this.#deps = deps
  }

  /** The company that the bearer token of a request is for; null when there is none, or it has expired. */
  companyOf(request: SimulatedRequest): Company | null {
    const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
    const grant = token === undefined ? undefined : this.#access.get(token)
    return grant && grant.expires > this.#deps.now().getTime() ? grant.company : null
  }

  authenticate(companies: readonly Company[], request: SimulatedRequest): Reply {
    const form = readForm(request.headers['content-type'] ?? '', request.body)
    if (!form) return failure(415, 415, 'Unsupported media type.')
    if (form.get('granttype')?.toLowerCase() !== 'password') return refusal('GrantType is not supported.', 1001)
    const tenant = form.get('tenant')?.toLowerCase()
    if (!tenant) return refusal('Tenant is required.', 1002)
    const company = companies.find(({ name }) => name.toLowerCase() === tenant)
    if (!company) return refusal('Company was not found.', 1003)
    const { account } = company
    const isKnown = form.get('username')?.toLowerCase() === account.username.toLowerCase()
    if (!isKnown || form.get('password') !== account.password) {
      return failure(401, 401, 'Invalid username or password.')
    }
    if (account.mfaCode !== undefined && form.get('mfacode') !== account.mfaCode) {
      return form.get('mfacode') ? failure(401, 401, 'Invalid MFA code.') : refusal('MFA code is required.', 1004)
    }
    if (!account.apiAccess) return refusal('The user does not have API access.', 1005)
    return this.#admit(company)
  }

  refresh(request: SimulatedRequest): Reply {
    const form = readForm(request.headers['content-type'] ?? '', request.body)
    if (!form) return failure(415, 415, 'Unsupported media type.')
    const access = form.get('accesstoken')
    const refresh = form.get('refreshtoken')
    if (!access || !refresh) return refusal('AccessToken and RefreshToken are required.', 1006)
    const grant = this.#refresh.get(refresh)
    if (!grant || grant.expires <= this.#deps.now().getTime() || this.#access.get(access)?.company !== grant.company) {
      return failure(401, 401, 'Invalid refresh token.')
    }
    const answer = this.#admit(grant.company)
    if (answer.status === 200) {
      this.#access.delete(access)
      this.#refresh.delete(refresh)
    }
    return answer
  }

  /** Makes every access token expire now; with `all`, the refresh tokens too. */
  expire(all: boolean): void {
    for (const grant of this.#access.values()) grant.expires = 0
    if (all) for (const grant of this.#refresh.values()) grant.expires = 0
  }

  reset(): void {
    this.#access = new Map()
    this.#refresh = new Map()
  }

  #admit(company: Company): Reply {
    if (!company.mayAccountSignIn()) return failure(401, 401, 'Log In with KaseyaOne is required.')
    const now = this.#deps.now().getTime()
    const access = this.#deps.token()
    const refresh = this.#deps.token()
    this.#access.set(access, { company, expires: now + accessMs })
    this.#refresh.set(refresh, { company, expires: now + refreshMs })
    return success({
      AccessToken: access,
      RefreshToken: refresh,
      AccessTokenExpireOn: new Date(now + accessMs).toISOString(),
      RefreshTokenExpireOn: new Date(now + refreshMs).toISOString(),
    })
  }
}
