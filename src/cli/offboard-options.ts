import { deviceFates } from '../core/account-kinds.ts'
import { K1Error } from '../core/errors.ts'
import { type Limits, type OffboardOptions, theirManager } from '../offboarding/options.ts'
import type { Context } from './command.ts'
import { systemNamed } from './sessions.ts'
import { noteWish } from './ticket-note.ts'
import { wholeNumber } from './words.ts'

/** What the options of this call ask of an offboarding. @throws K1Error `usage` */
export async function optionsFrom(context: Context): Promise<OffboardOptions> {
  const { words } = context
  const systems = (list: readonly string[]) =>
    Promise.all(
      list
        .flatMap(words => words.split(','))
        .map(async word => {
          const [kind = '', ...name] = word.split(':')
          return [(await systemNamed(context, kind)).about.id, ...name].join(':')
        }),
    )
  const [only, except] = await Promise.all([systems(words.list('only')), systems(words.list('except'))])
  const both = only.find(id => except.includes(id))
  if (both !== undefined) throw new K1Error('usage', `--only ${both} and --except ${both} contradict each other.`)
  const successor = words.text('successor')
  if (successor !== undefined && successor !== theirManager && !/^[^\s@]+@[^\s@]+$/.test(successor)) {
    throw new K1Error('usage', `--successor takes an e-mail, or the word ${theirManager}, not "${successor}".`)
  }
  return {
    delete: words.flag('delete'),
    successor: successor ?? null,
    reason: words.text('reason') ?? null,
    ticket: words.text('ticket') ?? null,
    ...(await noteWish(context, words.text('ticket') !== undefined || words.text('from') !== undefined)),
    only,
    except,
    ...(words.flag('restAnyway') ? { restAnyway: true } : {}),
    ...(words.flag('cancelMeetings') ? { cancelMeetings: true } : {}),
    ...(words.flag('blockAnyway') ? { blockAnyway: true } : {}),
    devices: deviceFates.find(fate => fate === words.text('devices')) ?? 'release',
    waitMs: (words.number('wait', { least: 0, most: 86_400, of: 'seconds' }) ?? 60) * 1000,
  }
}

export function limitsOf({ words }: Context): Limits {
  const share = words.text('maxShare')
  return {
    most: words.number('max', { least: 1, most: 10_000_000 }) ?? 10,
    mostShare: share === undefined ? 25 : wholeNumber('--max-share', share, { least: 1, most: 100 }),
  }
}
