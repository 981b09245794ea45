import { randomBytes } from 'node:crypto'
import { jsonText } from '../core/json.ts'
import type { LogLevel } from '../core/team-work.ts'
import type { App } from './app.ts'
import type { Context } from './command.ts'
import { Output } from './output.ts'
import { screenOver } from './screen.ts'

/** What a worker tells: lines for a person, or one JSON document a line for whatever collects logs. */
export interface WorkerLog {
  tell(level: LogLevel, text: string, facts?: Readonly<Record<string, unknown>>): void
  /** The same context, in which all that is said about one dated offboarding goes into the log. */
  about(dated: string, app?: App): Context
}

export function openWorkerLog(context: Context): WorkerLog & { worker: string } {
  const { app, output, words } = context
  const worker = `${app.operator.slice(app.operator.lastIndexOf('@') + 1)}-${randomBytes(4).toString('hex')}`
  const tellsAll = words.flag('debug')
  if (words.text('log') !== 'json') {
    return {
      worker,
      tell(level, text) {
        if (level === 'warn' || level === 'error') output.warn(`${output.talk.yellow(`${level}:`)} ${text}`)
        else if (level === 'info' || tellsAll) output.say(text)
      },
      about: (_dated, ofOne = app) => ({ ...context, app: ofOne }),
    }
  }
  const tell: WorkerLog['tell'] = (level, text, facts = {}) => {
    if (level === 'debug' && !tellsAll) return
    const at = app.clock.now().toISOString()
    app.stderr.document(`${jsonText({ at, level, worker, ...facts, text })}\n`)
  }
  app.notices.tell = line => tell('warn', line)
  return {
    worker,
    tell,
    about(dated, ofOne = app) {
      const write = (text: string) => {
        for (const line of text.split('\n').filter(line => line.trim() !== '')) tell(levelOf(line), line, { dated })
      }
      const screen = screenOver({ isTTY: false, write })
      const quiet = { ...ofOne, stdout: screen, stderr: screen }
      return { ...context, app: quiet, output: new Output(quiet, words) }
    },
  }
}

/** By how what is said for a person begins. */
function levelOf(line: string): LogLevel {
  if (/^error:/.test(line)) return 'error'
  return /^(warning:|stopped:|!)/.test(line) ? 'warn' : 'info'
}
