/** Of Express, what the tests use: its own types are a package of their own. */
declare module 'express' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  interface Request extends IncomingMessage {
    path: string
    query: unknown
    method: string
  }
  type Handler = (request: Request, response: ServerResponse, next: () => void) => void
  interface Express {
    (request: IncomingMessage, response: ServerResponse): void
    use(handler: Handler): void
    use(path: string, handler: unknown): void
  }
  export default function express(): Express
}
