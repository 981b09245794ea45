/** A plain caller of the simulated BMS, with nothing of src: what a test sends is what it spells out. */

export interface Answer {
  status: number
  /** The parsed envelope; null when the answer has no body. */
  body: Envelope | null
}

/** Whatever the simulator says: walked through by name, compared with `expect`. */
export interface Loose {
  [name: string]: Loose
}

export interface Envelope {
  Success: boolean
  Error?: { Code: number; Message: string; SubErrors: string[] }
  Result?: Loose
  TotalRecords?: number
}

export class BmsCaller {
  readonly #url: string
  token = ''

  constructor(url: string) {
    this.#url = url
  }

  async send(method: string, path: string, body?: unknown): Promise<Answer> {
    return answerOf(
      await fetch(this.#url + path, {
        method,
        headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    )
  }

  async form(path: string, fields: Record<string, string>, kind: 'urlencoded' | 'multipart' = 'urlencoded') {
    const body = kind === 'urlencoded' ? new URLSearchParams(fields) : new FormData()
    if (body instanceof FormData) for (const [name, value] of Object.entries(fields)) body.append(name, value)
    return answerOf(await fetch(this.#url + path, { method: 'POST', body }))
  }

  async signIn(credentials: Record<string, string>, more: Record<string, string> = {}): Promise<Answer> {
    const answer = await this.form('/v2/security/authenticate', {
      GrantType: 'password',
      UserName: credentials.username ?? '',
      Password: credentials.password ?? '',
      Tenant: credentials.company ?? '',
      ...more,
    })
    const token = answer.body?.Result?.AccessToken
    if (token !== undefined) this.token = String(token)
    return answer
  }

  settings(): Promise<Answer> {
    return this.send('GET', '/v2/admin/k1/accesscontrol/settings')
  }
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text()
  return { status: response.status, body: text === '' ? null : JSON.parse(text) }
}

/** Defaults that every company of the demo world accepts; the manager is the first person of the tenant. */
export function defaultIds(tenantNumber: number) {
  return {
    DepartmentId: 1,
    LocationId: 1,
    ManagerId: tenantNumber * 1000 + 1,
    JobTitleId: 1,
    EmploymentTypeId: 1,
    EmployeeRoleId: 1,
    SecurityRoleId: 8,
  }
}
