import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import * as z from 'zod/mini'
import { isK1Error, K1Error } from '../core/errors.ts'
import { rememberSecret } from '../core/redact.ts'
import type { Unlocked } from '../core/stores.ts'
import { jsonLine } from './json-line.ts'
import type { KeyRecipe } from './sealed-text.ts'
import { unlockProgram } from './unlock-program.ts'
import { isOwnSocket, type SocketPlace, unlockSocket } from './unlock-socket.ts'

export interface UnlockedKeyOptions extends SocketPlace {
  /** The Node executable that runs the agent. */
  node: string
}

/** The key of the sealed secrets, kept for a time in the memory of an agent of this user, and nowhere else. */
export interface UnlockedKey {
  /** Undefined unless an agent keeps the key of this recipe. */
  find(recipe: KeyRecipe): Promise<Buffer | undefined>
  /** Until when; undefined unless an agent keeps the key of this recipe. */
  until(recipe: KeyRecipe): Promise<Unlocked | undefined>
  /** Starts an agent in the place of the one before. @throws K1Error `refused`, `storage` */
  keep(recipe: KeyRecipe, key: Buffer, ms: number): Promise<Unlocked>
  /** Ends the agent. False when there was none that could be asked. */
  end(): Promise<boolean>
}

const unlockedSchema = z.object({ until: z.string(), agent: z.int() })
const answerSchema = z.union([z.extend(unlockedSchema, { key: z.optional(z.string()) }), z.strictObject({})])

type Answer = z.infer<typeof answerSchema>
type Question = { verb: 'key' | 'until'; recipe: string } | { verb: 'end' }

/** An agent that does not answer is none: the passphrase is asked for. In milliseconds. */
const patienceMs = 2_000
/** For Node to start on a busy machine. */
const startMs = 20_000

export function openUnlockedKey(options: UnlockedKeyOptions): UnlockedKey {
  /** Undefined where none can be had safely. */
  function socketOf(): string | undefined {
    try {
      return unlockSocket(options)
    } catch (error) {
      if (isK1Error(error) && error.kind === 'refused') return undefined
      throw error
    }
  }

  async function ask(question: Question): Promise<Answer | undefined> {
    const socket = socketOf()
    if (socket === undefined || !isOwnSocket(socket, options.user)) return undefined
    const line = await exchange(socket, jsonLine(question))
    const answer = answerSchema.safeParse(parsed(line))
    return answer.success && 'until' in answer.data ? answer.data : undefined
  }

  return {
    async find(recipe) {
      const answer = await ask({ verb: 'key', recipe: JSON.stringify(recipe) })
      if (answer === undefined || !('key' in answer) || answer.key === undefined) return undefined
      rememberSecret(answer.key)
      const key = Buffer.from(answer.key, 'base64')
      return key.length === 32 ? key : undefined
    },
    async until(recipe) {
      const answer = await ask({ verb: 'until', recipe: JSON.stringify(recipe) })
      return answer && 'until' in answer ? { until: answer.until, agent: answer.agent } : undefined
    },
    async keep(recipe, key, ms) {
      const socket = unlockSocket(options, true)
      await ask({ verb: 'end' })
      return startAgent(
        options.node,
        socket,
        Buffer.concat([key, Buffer.from(jsonLine({ recipe: JSON.stringify(recipe), ms }))]),
      )
    },
    async end() {
      const ended = await ask({ verb: 'end' })
      const socket = socketOf()
      // One that cannot be asked now (it is stopped, say) ends as soon as it finds its socket gone; nobody reaches it.
      if (socket !== undefined) rmSync(socket, { force: true })
      return ended !== undefined
    },
  }
}

/** One line there, one line back; empty when nothing comes back in time. */
function exchange(path: string, line: string): Promise<string> {
  return new Promise(resolve => {
    const socket = connect(path)
    let answer = ''
    const settle = () => {
      clearTimeout(timer)
      socket.destroy()
      resolve(answer)
    }
    const timer = setTimeout(() => {
      answer = ''
      settle()
    }, patienceMs)
    socket.setEncoding('utf8').on('data', (part: string) => {
      answer += part
    })
    socket.once('close', settle).once('error', settle)
    socket.write(line)
  })
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** The key goes through a pipe: it is in no file, no argument and no environment. */
async function startAgent(node: string, socket: string, message: Buffer): Promise<Unlocked> {
  const child = spawn(node, ['-e', unlockProgram, socket], {
    // Nothing of this process's environment, which may hold options of Node and secrets.
    env: {},
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  })
  const lines = createInterface({ input: child.stdout })
  let timer: NodeJS.Timeout | undefined
  try {
    const line = await new Promise<string>((resolve, reject) => {
      timer = setTimeout(() => reject(notStarted()), startMs)
      child.once('error', error => reject(notStarted(error))).once('exit', () => reject(notStarted()))
      child.stdin.on('error', () => undefined)
      lines.once('line', resolve)
      child.stdin.end(message)
    })
    return unlockedSchema.parse(JSON.parse(line))
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  } finally {
    clearTimeout(timer)
    message.fill(0)
    lines.close()
    child.stdout.destroy()
    child.unref()
  }
}

function notStarted(cause?: unknown): K1Error {
  return new K1Error('storage', 'The agent that keeps the key did not start.', {
    hint: 'Set K1CTL_PASSPHRASE instead, for the commands that need it.',
    cause,
  })
}
