import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Call, isWrite, tookEffect } from './calls.ts'
import { control } from './control.ts'
import type { Booth, Fairground } from './fairground.ts'
import { addMembers, type Fault, omitMembers } from './faults.ts'
import type { SimulatedRequest, SimulatedResponse, Simulator } from './simulator.ts'

const bodyLimit = 1024 * 1024

/** Serves on 127.0.0.1 only. @throws Error when the port is taken. */
export async function startServer(ground: Fairground, port: number): Promise<{ port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>()
  const server = createServer((request, response) => {
    answer(ground, request, response).catch((error: unknown) => {
      send(response, { status: 500, body: `The sandbox itself failed: ${String(error)}` })
    })
  })
  server.on('connection', socket => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    // A hanging fault or a kept-alive connection would hold a polite close for ever.
    close: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

async function answer(ground: Fairground, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, first = '', rest = ''] = /^\/([^/?]*)(.*)$/s.exec(request.url ?? '') ?? []
  const body = await readBody(request)
  if (body === null) {
    return send(response, { status: 413, headers: { connection: 'close' }, body: 'More than 1 MB.' })
  }
  if (first === '_control') return send(response, control(ground, simulated(request, rest, body)))
  const booth = ground.booths.get(first)
  if (!booth) return send(response, { status: 404, body: `No system "${first}" in this sandbox.` })
  await answerFor(ground, booth, simulated(request, rest, body), rest, response)
}

async function answerFor(
  ground: Fairground,
  booth: Booth,
  request: SimulatedRequest,
  target: string,
  response: ServerResponse,
): Promise<void> {
  const couldWrite = booth.simulator.changes?.(request) ?? isWrite(request.method, target)
  const call = ground.calls.note(booth.id, request.method, target, request.body, ground.now(), couldWrite)
  const operation = booth.simulator.operation?.(request)
  if (operation !== undefined) {
    call.operation = operation
    call.body = request.body.toString('utf8')
  }
  const asked = operation === undefined ? target : `${target} ${operation}`
  const fault = booth.faults.take(request.method, asked, couldWrite)
  if (fault) call.fault = faultWord(fault)
  if (fault?.hang) return
  if (fault?.delayMs) await sleep(fault.delayMs)
  if (fault?.drop === 'before') {
    response.destroy()
    return
  }
  const replacement =
    fault && fault.drop !== 'after'
      ? replacementFor(booth.simulator, fault.echo ? echoed(fault, request) : fault)
      : null
  const result = replacement ?? (await ask(booth, request, call, couldWrite))
  if (fault?.drop === 'after') {
    response.destroy()
    return
  }
  if (fault?.lateMs) await sleep(fault.lateMs)
  call.status = result.status
  send(response, fault && !replacement ? altered(result, fault) : result)
}

async function ask({ simulator, faults }: Booth, request: SimulatedRequest, call: Call, couldWrite: boolean) {
  const result = await simulator.handle(request, (method, target, partCouldWrite, answer) => {
    const fault = faults.takePart(method, target, partCouldWrite)
    if (fault === null) return answer()
    return replacementFor(simulator, fault) ?? altered(answer(), fault)
  })
  call.write = couldWrite && tookEffect(result.status, result.body)
  return result
}

/** The answer that a fault gives instead of the simulator; null where the simulator is still asked. */
function replacementFor(simulator: Simulator, fault: Fault): SimulatedResponse | null {
  const headers = fault.headers ?? {}
  if (fault.error) {
    const { Code, Message } = fault.error
    const own = simulator.failure?.(Code, Message)
    if (own) return { ...own, status: fault.status ?? own.status, headers: { ...own.headers, ...headers } }
    const status = fault.status ?? 422
    const type = { 'content-type': 'application/problem+json' }
    const body = { type: 'about:blank', title: Message, status, detail: Message, code: Code }
    return { status, headers: { ...type, ...headers }, body }
  }
  if (fault.status === undefined && fault.body === undefined) return null
  if (typeof fault.body !== 'string') return { status: fault.status ?? 200, headers, body: fault.body }
  const type = { 'content-type': fault.body.trimStart().startsWith('<') ? 'text/html' : 'application/json' }
  return { status: fault.status ?? 200, headers: { ...type, ...headers }, body: fault.body }
}

/** A fault with `echo`, as the fault with an error that it stands for. */
function echoed({ echo: _, ...fault }: Fault, { headers, body }: SimulatedRequest): Fault {
  const sent = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  // The body first: clients cut long messages, and what is cut off shows nothing of theirs.
  const Message = `Cannot work with ${[body.toString('utf8'), ...sent].filter(part => part !== '').join('; ')}`
  return { ...fault, status: fault.status ?? 500, error: { Code: 'broken', Message } }
}

function altered(result: SimulatedResponse, fault: Fault): SimulatedResponse {
  const headers = { ...result.headers, ...fault.headers }
  const body = fault.omit ? omitMembers(result.body, fault.omit) : result.body
  return { ...result, headers, body: fault.extra ? addMembers(body) : body }
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

function simulated(request: IncomingMessage, target: string, body: Buffer): SimulatedRequest {
  const [path = '', query = ''] = target.split(/\?(.*)/s)
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value ?? '')])
  return {
    method: request.method ?? 'GET',
    path: path === '' ? '/' : path,
    query: new URLSearchParams(query),
    headers: Object.fromEntries(headers),
    body,
  }
}

/** Null past the limit. What is too much is read and thrown away, so that the client gets to read the refusal. */
function readBody(request: IncomingMessage): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > bodyLimit) chunks = []
      else chunks.push(chunk)
      if (size <= bodyLimit * 16) return
      resolve(null)
      request.destroy()
    })
    request.on('end', () => resolve(size > bodyLimit ? null : Buffer.concat(chunks)))
    request.on('error', reject)
  })
}

function send(response: ServerResponse, { status, headers, body }: SimulatedResponse): void {
  if (response.headersSent || response.destroyed) return
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
  const type = typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8'
  const given = Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]))
  response.writeHead(status, {
    ...(body === undefined ? {} : { 'content-type': type }),
    ...(status === 204 ? {} : { 'content-length': String(Buffer.byteLength(text)) }),
    'cache-control': 'no-store',
    ...given,
  })
  response.end(text)
}
