import { SignatureV4 } from '@smithy/signature-v4'
import type { ZodType } from 'zod'
import { isK1Error, K1Error } from '../../core/errors.ts'
import type { OpenDeps } from '../../core/system.ts'
import { createHttpClient, type HttpClient, path } from '../../http/client.ts'
import type { SignableRequest } from '../../http/request.ts'
import type { KeySource } from './credentials.ts'
import { endpointOf, type Service } from './endpoints.ts'
import { readAwsError } from './error.ts'
import { type Pace, patient } from './patience.ts'
import { Sha256 } from './sha256.ts'
import { decodeXml } from './xml.ts'

/** What all clients of AWS stand on. */
export interface CallGround {
  deps: OpenDeps
  region: string
  url?: string
  keys: KeySource
  pace: Pace
}

export const titles: Record<Service, string> = {
  iam: 'AWS IAM',
  sts: 'AWS STS',
  sso: 'AWS IAM Identity Center',
  identitystore: 'AWS Identity Store',
}

/** The transport with the signature of one service on each request. */
export function openService(ground: CallGround, service: Service): HttpClient {
  const { deps } = ground
  const { baseUrl, region } = endpointOf(service, ground.region, ground.url)
  const signer = new SignatureV4({ service, region, credentials: ground.keys, sha256: Sha256 })
  const decode = service === 'iam' || service === 'sts' ? decodeXml : undefined

  async function authorize(headers: Record<string, string>, request: SignableRequest): Promise<void> {
    const { hostname, port, protocol, host } = new URL(request.origin)
    const [pathname = '/', query] = request.target.split('?')
    if (query !== undefined) throw new K1Error('internal', 'A request to AWS has its parameters in the body.')
    const signed = await signer.sign(
      {
        method: request.method,
        protocol,
        hostname,
        ...(port === '' ? {} : { port: Number(port) }),
        path: pathname,
        headers: { ...headers, host },
        body: request.body ?? '',
      },
      { signingDate: deps.clock.now() },
    )
    for (const [name, value] of Object.entries(signed.headers)) if (name !== 'host') headers[name] = value
  }

  const http = createHttpClient({
    baseUrl,
    system: titles[service],
    http: deps.http,
    clock: deps.clock,
    authorize,
    readError: (status, body) => readAwsError(titles[service], status, body),
    ...(decode === undefined ? {} : { decode }),
  })
  return patient(http, deps, ground.pace)
}

export interface Operation<T> {
  /** "PutUserPolicy" */
  action: string
  /** Does it change anything? All that k1ctl changes may be sent twice: it says what should be, not what to add. */
  write: boolean
  answer?: ZodType<T>
}

/** Sends one operation; all of AWS is one path, so failures are told by the name of the operation. */
export async function send<T>(
  http: HttpClient,
  { action, write, answer }: Operation<T>,
  body: { form: Record<string, string> } | { json: unknown; headers: Record<string, string> },
): Promise<T> {
  try {
    const answered = await http.request<T>({
      method: 'POST',
      path: path`/`,
      ...body,
      ...('json' in body ? { contentType: 'application/x-amz-json-1.1' } : {}),
      ...(answer === undefined ? {} : { answer }),
      write,
      repeatable: true,
    })
    return answered.body
  } catch (error) {
    if (!isK1Error(error)) throw error
    throw new K1Error(error.kind, error.message.replace(/\bPOST \//, action), {
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      cause: error.cause ?? error,
      facts: { ...error.facts, operation: action },
    })
  }
}
