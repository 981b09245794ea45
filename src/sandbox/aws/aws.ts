import type { SimulatedRequest, SimulatedResponse, Simulator, SimulatorDeps } from '../simulator.ts'
import type { World } from '../world.ts'
import { AwsError, type Protocol, requestId } from './aws-error.ts'
import { controlAws, noTrouble, refuseIfTold, type Trouble } from './control.ts'
import { iamAction } from './iam.ts'
import { identityStoreAction } from './identity-store.ts'
import { jsonPage, queryPage } from './pages.ts'
import { authenticate, mayAct, type Principal, type RoleSession } from './principals.ts'
import { refuseByQuirk } from './quirks.ts'
import { idOf, seedState } from './seed.ts'
import type { Scope } from './signature.ts'
import { ssoAdminAction } from './sso-admin.ts'
import { type AwsState, managementAccount } from './state.ts'
import { stsAction } from './sts.ts'
import { xmlText } from './xml.ts'

const targets: Record<string, string> = { SWBExternalService: 'sso', AWSIdentityStore: 'identitystore' }
const services: Record<string, string> = { '2010-05-08': 'iam', '2011-06-15': 'sts' }

const quirkLagMs = 4_000

/** What is asked, whoever asks it. */
interface Asked {
  protocol: Protocol
  service: string
  action: string
  form: URLSearchParams
}

function read(request: SimulatedRequest): Asked {
  const [prefix = '', operation] = (request.headers['x-amz-target'] ?? '').split('.')
  if (operation !== undefined) {
    return { protocol: 'json', service: targets[prefix] ?? '', action: operation, form: new URLSearchParams() }
  }
  const form = new URLSearchParams(request.body.toString('utf8'))
  return {
    protocol: 'query',
    service: services[form.get('Version') ?? ''] ?? '',
    action: form.get('Action') ?? '',
    form,
  }
}

/** IAM, STS and Identity Center of one organization with two accounts, behind one URL. */
export function createAws(world: World, deps: SimulatorDeps): Simulator {
  let state = seedState(world)
  let trouble: Trouble = noTrouble()
  let sessions: RoleSession[] = []
  /** Accounts as they were before the last write, and until when reads show them. */
  let before: { accounts: AwsState['accounts']; until: number } | undefined

  function open(session: Omit<RoleSession, 'keyId' | 'secret' | 'token'>): RoleSession {
    const opened = {
      ...session,
      keyId: idOf('ASIA', `session ${sessions.length}`),
      secret: deps.token(),
      token: deps.token(),
    }
    sessions.push(opened)
    return opened
  }

  function answerIam(principal: Principal, { action, form }: Asked): object {
    const input = (name: string) => form.get(name) ?? ''
    const now = deps.now().getTime()
    if (action === 'SimulatePrincipalPolicy') {
      const names = [...form].filter(([name]) => name.startsWith('ActionNames.member.')).map(([, value]) => value)
      const items = names.map(name => ({
        EvalActionName: name,
        EvalResourceName: input('ResourceArns.member.1'),
        EvalDecision: trouble.denied.includes(name) ? 'implicitDeny' : 'allowed',
      }))
      return queryPage({ paged: 'EvaluationResults', items }, input, trouble.pageSize)
    }
    const { account } = principal
    if (!isRead(action)) {
      const lagMs = trouble.quirks.has('eventualConsistency') ? quirkLagMs : trouble.lagMs
      if (lagMs > 0) before = { accounts: structuredClone(state.accounts), until: now + lagMs }
      return iamAction(account, action, input)
    }
    const old = before && before.until > now ? before.accounts.find(({ id }) => id === account.id) : undefined
    return queryPage(iamAction(old ?? account, action, input), input, trouble.pageSize)
  }

  function answerJson(principal: Principal, scope: Scope, { service, action }: Asked, body: Buffer): object {
    const parsed: unknown = JSON.parse(body.toString('utf8'))
    const input = Object.fromEntries(typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : [])
    if (principal.account.id !== managementAccount) throw notAuthorized(principal, `${service}:${action}`)
    const at = { region: scope.region, now: deps.now().getTime(), pace: trouble.pace }
    const result =
      service === 'sso' ? ssoAdminAction(state, action, input, at) : identityStoreAction(state, action, input)
    return jsonPage(result, input, trouble.pageSize)
  }

  function answer(request: SimulatedRequest, asked: Asked): SimulatedResponse {
    const { protocol, service, action } = asked
    const { principal, scope } = authenticate(request, state, sessions, deps.now(), protocol)
    if (scope.service !== service || (service === 'iam' && scope.region !== 'us-east-1')) {
      throw new AwsError(
        protocol === 'json' ? 'InvalidSignatureException' : 'SignatureDoesNotMatch',
        `Credential should be scoped to a valid region and to the correct service, not '${scope.region}/${scope.service}'.`,
      )
    }
    // This one answers everybody, also those to whom all is denied.
    const always = action === 'GetCallerIdentity'
    if (!always && (!mayAct(principal) || trouble.denied.includes(`${service}:${action}`))) {
      throw notAuthorized(principal, `${service}:${action}`, protocol)
    }
    refuseIfTold(trouble, action)
    if (!always) refuseByQuirk(trouble.quirks, action, protocol)
    if (protocol === 'json') {
      const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': requestId }
      return { status: 200, headers, body: answerJson(principal, scope, asked, request.body) }
    }
    const input = (name: string) => asked.form.get(name) ?? ''
    const result =
      service === 'sts' ? stsAction(state, principal, action, input, open, deps.now()) : answerIam(principal, asked)
    const metadata = { ResponseMetadata: { RequestId: requestId } }
    const shown = Object.keys(result).length === 0 ? metadata : { [`${action}Result`]: result, ...metadata }
    return { status: 200, headers: { 'content-type': 'text/xml' }, body: xmlText(`${action}Response`, shown) }
  }

  return {
    handle(request) {
      const asked = read(request)
      try {
        if (request.method !== 'POST' || asked.service === '') throw new AwsError('InvalidAction', 'No such operation.')
        return answer(request, asked)
      } catch (error) {
        if (error instanceof AwsError) return error.response(asked.protocol)
        throw error
      }
    },
    state: () => state,
    reset() {
      state = seedState(world)
      trouble = noTrouble()
      sessions = []
      before = undefined
    },
    control: request => controlAws(trouble, () => state, request),
    failure: (code, message) => new AwsError(String(code), message).response('query'),
    operation: request => nameOf(read(request), request.body),
    changes: request => request.method === 'POST' && !isRead(read(request).action),
  }
}

/** `iam:ListAccessKeys UserName=amy`, `sso:ListInstances {}`: the operation, and what it is about. */
function nameOf({ protocol, service, action, form }: Asked, body: Buffer): string {
  if (protocol === 'json') return `${service}:${action} ${body.toString('utf8')}`
  const about = [...form].filter(([name]) => name !== 'Action' && name !== 'Version' && name !== 'PolicyDocument')
  return `${service}:${action} ${about.map(([name, value]) => `${name}=${value}`).join(' ')}`.trim()
}

function isRead(action: string): boolean {
  return /^(List|Get|Describe|Assume|Simulate|IsMember)/.test(action)
}

function notAuthorized({ arn }: Principal, action: string, protocol: Protocol = 'json'): AwsError {
  const message = `User: ${arn} is not authorized to perform: ${action} on resource: * because no identity-based policy allows the ${action} action`
  return new AwsError(protocol === 'json' ? 'AccessDeniedException' : 'AccessDenied', message)
}
