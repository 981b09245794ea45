import type { SimulatedResponse } from '../../simulator.ts'

/** Exchange puts its sentence in one of three places. */
export type FailureForm = 'details' | 'inner' | 'message'

export class ExchangeFailure extends Error {
  override readonly name = 'ExchangeFailure'
  readonly status: number
  readonly code: string
  readonly form: FailureForm

  constructor(status: number, code: string, message: string, form: FailureForm) {
    super(message)
    this.status = status
    this.code = code
    this.form = form
  }

  response(): SimulatedResponse {
    const whole = `Ex6F9304|Microsoft.Exchange.Configuration.Tasks.${this.code}|${this.message}`
    const plain = { code: this.status === 404 ? 'NotFound' : 'BadRequest', message: 'Error executing cmdlet' }
    switch (this.form) {
      case 'details':
        return {
          status: this.status,
          body: { error: { ...plain, details: [{ code: 'Context', target: '', message: whole }] } },
        }
      case 'inner': {
        const internalexception = { message: whole, type: `Microsoft.Exchange.Configuration.Tasks.${this.code}` }
        return {
          status: this.status,
          body: { error: { ...plain, innererror: { message: 'Error executing cmdlet', internalexception } } },
        }
      }
      default:
        return { status: this.status, body: { error: { ...plain, message: this.message } } }
    }
  }
}

export function nobody(identity: string): ExchangeFailure {
  const what = `The operation couldn't be performed because object '${identity}' couldn't be found on 'AM6PR01A001.EURPR01A001.PROD.OUTLOOK.COM'.`
  return new ExchangeFailure(404, 'ManagementObjectNotFoundException', what, 'details')
}

export function synced(cmdlet: string, parameter: string, name: string): ExchangeFailure {
  const what = `The operation on mailbox "${name}" failed because it's out of the current user's write scope. The action '${cmdlet}', '${parameter}', can't be performed on the object '${name}' because the object is being synchronized from your on-premises organization. This action should be performed on the object in your on-premises organization.`
  return new ExchangeFailure(400, 'InvalidOperationInDehydratedContextException', what, 'inner')
}

export function wrongCall(message: string): ExchangeFailure {
  return new ExchangeFailure(400, 'ParameterBindingException', message, 'message')
}
