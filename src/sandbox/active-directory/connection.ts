import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type SecureContext, TLSSocket } from 'node:tls'
import type { Fault } from '../faults.ts'
import type { Stand } from '../simulator.ts'
import { type Outcome, writeAnswer, writeDisconnection } from './answer.ts'
import { BerError } from './ber.ts'
import type { DomainController } from './controller.ts'
import { alteredOutcome, faultOutcome, statusOf } from './fault-outcome.ts'
import { Frames } from './frames.ts'
import { codes } from './ldap-fault.ts'
import { misbehave } from './misbehave.ts'
import { perform } from './perform.ts'
import { type Request, readRequest } from './request.ts'
import { seenOperation } from './seen-operation.ts'
import type { Session } from './session.ts'

/** One client, from its first byte on. Requests are begun in the order in which they come. */
export class Connection {
  readonly #controller: DomainController
  readonly #stand: Stand
  readonly #context: () => SecureContext
  readonly #session: Session
  readonly #abandoned = new Set<number>()
  #frames = new Frames()
  #socket: Socket
  /** Between the request for StartTLS and the first encrypted byte nothing may come in the clear. */
  #isUpgrading = false

  constructor(controller: DomainController, stand: Stand, context: () => SecureContext, socket: Socket) {
    this.#controller = controller
    this.#stand = stand
    this.#context = context
    this.#socket = socket
    this.#session = { who: null, secure: false, pages: new Map() }
    // TLS begins with a handshake record, LDAP with a sequence: one port serves both.
    socket.once('data', first => {
      socket.pause()
      socket.unshift(first)
      if (first[0] === 0x16) this.#secure()
      else this.#attend(socket)
    })
    socket.on('error', () => socket.destroy())
  }

  #attend(socket: Socket): void {
    this.#socket = socket
    socket.on('data', chunk => this.#read(chunk))
    socket.on('error', () => socket.destroy())
    socket.on('end', () => socket.end())
    socket.resume()
  }

  #secure(): void {
    const plain = this.#socket
    plain.removeAllListeners('data')
    const secured = new TLSSocket(plain, { isServer: true, secureContext: this.#context() })
    // A client that does not trust the certificate ends the handshake with an error here.
    secured.on('error', () => plain.destroy())
    this.#session.secure = true
    this.#frames = new Frames()
    this.#isUpgrading = false
    this.#attend(secured)
  }

  #read(chunk: Buffer): void {
    try {
      for (const message of this.#frames.push(chunk)) {
        if (this.#isUpgrading) throw new BerError('Something in the clear after StartTLS was asked for.')
        const request = readRequest(message)
        this.#isUpgrading = request.operation.kind === 'extended' && this.#isStartTls(request)
        this.#answer(request).catch((error: unknown) => this.#hangUp(`The sandbox itself failed: ${String(error)}`))
      }
    } catch (error) {
      this.#hangUp(error instanceof BerError ? error.message : `The sandbox itself failed: ${String(error)}`)
    }
  }

  #isStartTls({ operation }: Request): boolean {
    return seenOperation(this.#controller, operation)?.target === 'StartTLS' && !this.#session.secure
  }

  async #answer(request: Request): Promise<void> {
    const { operation } = request
    if (operation.kind === 'unbind') return void this.#socket.end()
    if (operation.kind === 'abandon') return void this.#abandoned.add(operation.id)
    const seen = seenOperation(this.#controller, operation)
    if (seen === null) return
    const call = this.#stand.note(seen.method, seen.target, seen.body, seen.isWrite)
    const fault = this.#stand.take(seen.method, seen.target, seen.isWrite)
    if (fault) call.fault = faultWord(fault)
    if (fault?.hang) return
    if (fault?.delayMs) await sleep(fault.delayMs)
    if (fault?.drop === 'before') return void this.#socket.destroy()
    if (this.#isOver(request)) return
    const quirk = fault ? null : misbehave(this.#controller, operation)
    const instead = quirk ?? (fault && fault.drop !== 'after' ? faultOutcome(fault, operation) : null)
    const outcome = instead ?? perform(this.#controller, this.#session, operation, request.controls)
    if (!instead) call.write = seen.isWrite && outcome.code === codes.success
    if (fault?.drop === 'after') return void this.#socket.destroy()
    if (fault?.lateMs) await sleep(fault.lateMs)
    call.status = statusOf(outcome.code)
    if (!this.#isOver(request)) this.#send(request, fault ? alteredOutcome(outcome, fault) : outcome)
    if (this.#controller.quirks.strikes('hangsUp', 5)) this.#socket.end()
  }

  #isOver({ id }: Request): boolean {
    return this.#abandoned.has(id) || this.#socket.destroyed
  }

  #send({ id, operation }: Request, outcome: Outcome): void {
    const answer = writeAnswer(id, operation, outcome)
    if (!outcome.startTls) {
      this.#isUpgrading = false
      this.#socket.write(answer)
      return
    }
    this.#socket.pause()
    this.#socket.write(answer, () => this.#secure())
  }

  #hangUp(message: string): void {
    if (!this.#socket.destroyed) this.#socket.end(writeDisconnection(message), () => this.#socket.destroy())
  }
}

function faultWord(fault: Fault): string {
  if (fault.hang) return 'hang'
  if (fault.drop) return `drop-${fault.drop}`
  if (fault.error) return 'error'
  if (fault.echo) return 'echo'
  if (fault.status !== undefined) return 'status'
  if (fault.body !== undefined) return 'body'
  if (fault.omit) return 'omit'
  return fault.extra ? 'extra' : 'delay'
}
