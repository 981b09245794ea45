import { constants, createHash, verify, X509Certificate } from 'node:crypto'
import type { SimulatedRequest, SimulatedResponse, SimulatorDeps } from '../simulator.ts'
import { isObject } from './answers.ts'

export interface App {
  clientId: string
  displayName: string
  secret: string
  /** PEM, when one was registered. */
  certificate: string | null
  /** Application permissions that were consented to. */
  granted: string[]
  /** The same for Exchange Online, and roles of the directory (template ids) that the app itself has. */
  exchange: { granted: string[]; roles: string[] }
}

/** What a token is for. */
export type Service = 'graph' | 'exchange'

export interface Grant {
  tenantId: string
  granted: string[]
  exchange: App['exchange']
  service: Service
  /** Who signed in, for delegated tokens. */
  user: string | null
}

interface DeviceCode {
  userCode: string
  tenantId: string
  approvedBy: string | null
  denied: boolean
  until: number
}

const tokenLifeMs = 3_600_000

/** The token endpoint of the Microsoft identity platform: client secret, certificate, device code, refresh token. */
export class SignInDesk {
  readonly app: App
  readonly #deps: SimulatorDeps
  /** Tenants where the app has consent, by id and by domain. */
  readonly #tenants: ReadonlyMap<string, string>
  readonly #access = new Map<string, Grant & { until: number }>()
  readonly #refresh = new Map<string, Grant>()
  readonly #codes = new Map<string, DeviceCode>()
  /** Tokens without readable claims, as some national clouds give. */
  opaque = false

  constructor(app: App, tenants: ReadonlyMap<string, string>, deps: SimulatorDeps) {
    this.app = app
    this.#tenants = tenants
    this.#deps = deps
  }

  /** Whose token it is; undefined when it is none, or has expired. */
  grant(authorization: string | undefined): Grant | undefined {
    const found = this.#access.get(/^Bearer (\S+)$/i.exec(authorization ?? '')?.[1] ?? '')
    return found !== undefined && found.until > this.#deps.now().getTime() ? found : undefined
  }

  /** Ends all access tokens at once; refresh tokens stay good. */
  expire(): void {
    this.#access.clear()
  }

  reset(): void {
    this.#access.clear()
    this.#refresh.clear()
    this.#codes.clear()
    this.opaque = false
  }

  /** What somebody does in a browser. False when there is no such code. */
  decide(userCode: string, by: string | null): boolean {
    for (const code of this.#codes.values()) {
      if (code.userCode !== userCode) continue
      if (by === null) code.denied = true
      else code.approvedBy = by
      return true
    }
    return false
  }

  handle(request: SimulatedRequest, segments: readonly string[], audience: string): SimulatedResponse {
    const [tenant = '', ...rest] = segments
    const form = new URLSearchParams(request.body.toString('utf8'))
    const tenantId = this.#tenants.get(tenant.toLowerCase())
    if (request.method !== 'POST' || rest.slice(0, 2).join('/') !== 'oauth2/v2.0') return { status: 404 }
    if (tenantId === undefined) {
      return no(400, 'invalid_request', `AADSTS90002: Tenant '${tenant}' not found. Check that it exists.`)
    }
    if (form.get('client_id') !== this.app.clientId) {
      return no(400, 'unauthorized_client', `AADSTS700016: Application was not found in the directory '${tenant}'.`)
    }
    if (rest[2] === 'devicecode') return this.#beginDeviceCode(tenantId)
    if (rest[2] !== 'token') return { status: 404 }
    switch (form.get('grant_type')) {
      case 'client_credentials':
        return this.#clientCredentials(form, tenantId, audience)
      case 'urn:ietf:params:oauth:grant-type:device_code':
        return this.#pollDeviceCode(form)
      case 'refresh_token':
        return this.#refreshed(form)
      default:
        return no(400, 'unsupported_grant_type', 'AADSTS70003: The app requested an unsupported grant type.')
    }
  }

  #clientCredentials(form: URLSearchParams, tenantId: string, audience: string): SimulatedResponse {
    if (!(form.get('scope') ?? '').endsWith('/.default')) {
      return no(400, 'invalid_scope', 'AADSTS1002012: The provided value for scope is not valid: it ends in /.default.')
    }
    const assertion = form.get('client_assertion')
    const why = assertion === null ? this.#wrongSecret(form) : this.#wrongAssertion(form, assertion, audience)
    if (why !== null) return no(401, 'invalid_client', why)
    return { status: 200, body: this.#issue({ tenantId, ...this.#rights(form), user: null }, false) }
  }

  #wrongSecret(form: URLSearchParams): string | null {
    return form.get('client_secret') === this.app.secret ? null : 'AADSTS7000215: Invalid client secret provided.'
  }

  /** Null when it is as Microsoft's "certificate credentials" page says: PS256, x5t#S256, aud, iss, sub, jti, nbf, exp. */
  #wrongAssertion(form: URLSearchParams, assertion: string, audience: string): string | null {
    if (form.get('client_assertion_type') !== 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer') {
      return 'AADSTS50027: The client_assertion_type is not the one for a JWT.'
    }
    const { certificate, clientId } = this.app
    const [head = '', body = '', signature = ''] = assertion.split('.')
    const header = decode(head)
    const claims = decode(body)
    if (certificate === null || header === null || claims === null) return 'AADSTS50027: JWT token is invalid.'
    const { raw, publicKey } = new X509Certificate(certificate)
    const thumbprint = createHash('sha256').update(raw).digest('base64url')
    if (header.alg !== 'PS256' || header.typ !== 'JWT' || header['x5t#S256'] !== thumbprint) {
      return 'AADSTS700027: The certificate with that identifier was not found on the application.'
    }
    const key = {
      key: publicKey,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    }
    if (!verify('sha256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url'))) {
      return 'AADSTS700027: Client assertion failed signature validation.'
    }
    const now = this.#deps.now().getTime() / 1000
    if (claims.aud !== audience) return `AADSTS50012: The audience '${String(claims.aud)}' is not the token endpoint.`
    if (claims.iss !== clientId || claims.sub !== clientId || typeof claims.jti !== 'string') {
      return 'AADSTS50027: iss and sub have to be the application, and jti has to be there.'
    }
    const inTime = Number(claims.nbf) <= now + 300 && Number(claims.exp) > now && Number(claims.exp) < now + 86_400
    return inTime ? null : 'AADSTS700024: Client assertion is not within its valid time range.'
  }

  #beginDeviceCode(tenantId: string): SimulatedResponse {
    const code = this.#deps.token()
    const userCode = code
      .toUpperCase()
      .replace(/[^A-Z0-9]/g, '')
      .slice(0, 9)
    const until = this.#deps.now().getTime() + 900_000
    this.#codes.set(code, { userCode, tenantId, approvedBy: null, denied: false, until })
    const page = 'https://microsoft.com/devicelogin'
    const message = `To sign in, use a web browser to open the page ${page} and enter the code ${userCode} to authenticate.`
    const body = {
      device_code: code,
      user_code: userCode,
      verification_uri: page,
      expires_in: 900,
      interval: 5,
      message,
    }
    return { status: 200, body }
  }

  #pollDeviceCode(form: URLSearchParams): SimulatedResponse {
    const code = this.#codes.get(form.get('device_code') ?? '')
    if (code === undefined) return no(400, 'bad_verification_code', 'AADSTS70000: The device code was not recognized.')
    if (code.until <= this.#deps.now().getTime()) return no(400, 'expired_token', 'AADSTS70020: The code has expired.')
    if (code.denied) return no(400, 'authorization_declined', 'AADSTS70018: The person declined the sign-in.')
    if (code.approvedBy === null) {
      return no(400, 'authorization_pending', 'AADSTS70016: The person has not yet entered the code.')
    }
    const grant = { tenantId: code.tenantId, ...this.#rights(form), user: code.approvedBy }
    return { status: 200, body: this.#issue(grant, true) }
  }

  #refreshed(form: URLSearchParams): SimulatedResponse {
    const grant = this.#refresh.get(form.get('refresh_token') ?? '')
    if (grant === undefined) {
      return no(400, 'invalid_grant', 'AADSTS700082: The refresh token has expired due to inactivity.')
    }
    return { status: 200, body: this.#issue({ ...grant, ...this.#rights(form) }, true) }
  }

  #rights(form: URLSearchParams): Pick<Grant, 'granted' | 'exchange' | 'service'> {
    const service = /\/exchange\/\.default/.test(form.get('scope') ?? '') ? 'exchange' : 'graph'
    return { granted: this.app.granted, exchange: this.app.exchange, service }
  }

  #issue(grant: Grant, refreshable: boolean): object {
    const until = this.#deps.now().getTime() + tokenLifeMs
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const isMail = grant.service === 'exchange'
    const delegated = isMail ? 'Exchange.Manage' : grant.granted.join(' ')
    const granted = isMail ? grant.exchange.granted : grant.granted
    // Without any permission there is no such claim.
    const roles = granted.length === 0 ? {} : { roles: granted }
    const who = grant.user === null ? roles : { scp: delegated, upn: grant.user }
    const claims = {
      aud: isMail ? 'https://outlook.office365.com' : 'https://graph.microsoft.com',
      tid: grant.tenantId,
      appid: this.app.clientId,
      app_displayname: this.app.displayName,
      exp: Math.floor(until / 1000),
      wids: isMail ? grant.exchange.roles : ['0997a1d0-0d1d-4acb-b408-d5ca73121e90'],
      ...who,
    }
    const random = this.#deps.token()
    const token = this.opaque ? random : `${encode({ typ: 'JWT', alg: 'RS256' })}.${encode(claims)}.${random}`
    this.#access.set(token, { ...grant, until })
    const common = { token_type: 'Bearer', expires_in: tokenLifeMs / 1000, access_token: token }
    if (!refreshable) return common
    const refresh = this.#deps.token()
    this.#refresh.set(refresh, grant)
    return { ...common, scope: grant.granted.join(' '), refresh_token: refresh }
  }
}

function no(status: number, error: string, description: string): SimulatedResponse {
  const code = Number(/AADSTS(\d+)/.exec(description)?.[1] ?? 0)
  return { status, body: { error, error_description: `${description} Trace ID: 0`, error_codes: [code] } }
}

function decode(part: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return isObject(value) ? value : null
  } catch {
    return null
  }
}
