/** Loading these files alone takes a third of the time that all of undici takes; undici types only its index. */
declare module 'undici/lib/dispatcher/agent.js' {
  import { Agent } from 'undici'
  export default Agent
}

declare module 'undici/lib/core/connect.js' {
  import type { Socket } from 'node:net'
  import type { buildConnector } from 'undici'

  type Connect = (...args: Parameters<buildConnector.connector>) => Socket
  export default function build(options: buildConnector.BuildOptions): Connect
}
