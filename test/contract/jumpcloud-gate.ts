import { createServer, type IncomingMessage } from 'node:http'
import type { JumpcloudContract } from './jumpcloud-contract.ts'

/** A server in front of the sandbox's JumpCloud that checks all that goes by against the published contracts. */
export interface Gate {
  url: string
  /** What a client sent that the contract does not allow. */
  requests: string[]
  /** What the simulator answered that the contract does not allow. */
  answers: string[]
  /** Operations that were called. */
  called: Set<string>
  close(): Promise<void>
}

export async function openGate(target: string, contract: JumpcloudContract): Promise<Gate> {
  const gate = { requests: [] as string[], answers: [] as string[], called: new Set<string>() }
  const server = createServer(async (request, response) => {
    const body = await read(request)
    const url = new URL(request.url ?? '/', 'http://gate.invalid')
    const method = request.method ?? 'GET'
    const isToken = url.pathname === '/oauth2/token'
    const where = `${method} ${request.url}`
    if (!isToken) {
      const seen = { method, url, headers: request.headers, body }
      gate.requests.push(...contract.checkRequest(seen).map(problem => `${where}: ${problem}`))
    }
    const headers = Object.entries(request.headers)
      .filter(([name]) => /^(?:x-|authorization$|content-type$|accept$)/.test(name))
      .map(([name, value]) => [name, String(value)] as const)
    const answer = await fetch(`${target}${request.url}`, {
      method,
      headers: Object.fromEntries(headers),
      ...(body === '' ? {} : { body }),
    })
    const text = await answer.text()
    const operation = isToken ? undefined : contract.operationOf(method, url.pathname)
    if (operation !== undefined) {
      gate.called.add(operation)
      gate.answers.push(...contract.checkAnswer(operation, answer.status, text).map(problem => `${where}: ${problem}`))
    }
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' }).end(text)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('not listening on a port')
  return {
    ...gate,
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
