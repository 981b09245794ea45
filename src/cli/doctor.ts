import { asK1Error } from '../core/errors.ts'
import { checkLedger } from '../core/ledger-check.ts'
import { kindOf } from '../core/system.ts'
import { inLanes } from '../engine/lanes.ts'
import { concurrency } from './change.ts'
import type { CommandSpec, Context } from './command.ts'
import { checkDated } from './doctor-dated.ts'
import { checkOperator } from './doctor-operator.ts'
import { removeLeft } from './left-secrets.ts'
import { type Sessions, withSessions } from './sessions.ts'
import { passphrasePrompt } from './sign-in-prompt.ts'
import { spinning } from './spinner.ts'
import { readOnlyWords } from './store.ts'
import { tenantNamed } from './tenant-name.ts'

interface Check {
  what: string
  state: 'ok' | 'warn' | 'fail'
  detail: string
  next: string | null
}

export const doctorCommand: CommandSpec = {
  name: 'doctor',
  summary: 'check this machine and every connection: what works, which right is missing',
  takes: ['list', 'network'],
  details: 'Shows what is not well; what is well is counted, and shown with --all and in machine formats.',
  options: [
    { flags: '-t, --tenant <name>', summary: 'only connections of this tenant' },
    { flags: '--all', summary: 'also show what is well' },
    {
      flags: '--forget-left',
      summary: 'do not try again to remove secrets that are left over where they cannot be removed',
    },
  ],
  examples: ['k1ctl doctor', 'k1ctl doctor --all', "k1ctl doctor --tenant 'Northwind Dental' --json"],
  async run(context) {
    const { words, output } = context
    const named = words.text('tenant')
    const only = named === undefined ? undefined : (await tenantNamed(context, named)).name
    const checks = await spinning(context, 'Checking', async () => [
      ...(await checkMachine(context)),
      ...(await checkLedgers(context)),
      ...(await attemptMany('dates', () => checkDated(context))),
      ...(await checkConnections(context, only)),
    ])
    const colours = { ok: output.data.green, warn: output.data.yellow, fail: output.data.red }
    const order = { fail: 0, warn: 1, ok: 2 }
    const sorted = output.forMachine ? checks : checks.toSorted((a, b) => order[a.state] - order[b.state])
    const folds = !output.forMachine && !words.flag('all')
    await output.records(
      folds ? sorted.filter(c => c.state !== 'ok') : sorted,
      [
        { title: 'State', cell: c => c.state },
        { title: 'What', cell: c => c.what },
        { title: 'Detail', cell: c => (c.next ? `${c.detail} → ${c.next}` : c.detail) },
      ],
      'All is well.',
      (title, text) =>
        title === 'State' && (text === 'ok' || text === 'warn' || text === 'fail') ? colours[text](text) : text,
    )
    const counted = (['ok', 'warn', 'fail'] as const).map(
      state => `${checks.filter(c => c.state === state).length} ${state}`,
    )
    output.say('')
    const folded = folds && checks.some(c => c.state === 'ok') ? ' What is ok: k1ctl doctor --all' : ''
    output.say(output.talk.dim(`${counted.join(', ')}.${folded}`))
    return checks.some(c => c.state === 'fail') ? 3 : 0
  },
}

async function checkMachine(context: Context): Promise<Check[]> {
  const { app } = context
  const config = await attempt('configuration', async () => {
    const store = await app.config()
    return ok(
      'configuration',
      `${store.path}: ${count(store.tenants(), 'tenant')}, ${count(store.connections(), 'connection')}`,
    )
  })
  const preferences = await attemptMany('preferences', async () => {
    await app.preferences()
    return []
  })
  const folders = await attemptMany('folder', async () =>
    Promise.all(
      (await app.stores()).folders.map(({ path, tryWriting }) =>
        attempt(`folder ${path}`, async () => {
          tryWriting()
          return ok(`folder ${path}`, 'can be written')
        }),
      ),
    ),
  )
  const shared = await attemptMany("the team's store", async () => {
    const stores = await app.stores()
    const url = stores.chosen()
    if (url === undefined) return []
    const store = await stores.open(url)
    try {
      const readOnly = await store.readOnly()
      const what = "the team's store"
      if (readOnly.length === 0) return [ok(what, `${store.place} answers, and can be written`)]
      return [{ what, state: 'warn', detail: `${store.place} ${readOnlyWords(readOnly)}`, next: null }]
    } finally {
      await store.close()
    }
  })
  const places = await attemptMany('secrets', async () =>
    (await (await app.secrets(passphrasePrompt(context))).probe()).map(({ place, works, why }) => ({
      what: `secrets: ${place}`,
      // A plain file works wherever anything can be written.
      state: works ? ('ok' as const) : place === 'plain' ? ('fail' as const) : ('warn' as const),
      detail: why,
      next: null,
    })),
  )
  const leftover = await attemptMany('secrets left over', async () => {
    // A configuration that cannot be read has its own line already.
    if (config.state === 'fail') return []
    const forgets = context.words.flag('forgetLeft')
    const { removed, stuck } = await removeLeft(context, { forgets })
    return [
      ...(removed === 0 ? [] : [ok('secrets left over', `${removed} that no connection uses: removed`)]),
      ...stuck.map(({ why: { message, hint } }): Check => {
        const what = 'secrets left over'
        return forgets
          ? { what, state: 'warn', detail: `${message} It stays there, and is not tried again`, next: null }
          : { what, state: 'fail', detail: message, next: hint ?? null }
      }),
    ]
  })
  const litter = await attemptMany('left by killed processes', async () => {
    const cleared = await (await app.stores()).clearDead()
    return cleared === 0 ? [] : [ok('left by killed processes', `${cleared} files that nobody uses: removed`)]
  })
  const proxy = app.env.HTTPS_PROXY ?? app.env.https_proxy
  return [
    ok('k1ctl', `${app.version} on Node ${app.runtime}`),
    config,
    ...preferences,
    ...folders,
    ...shared,
    ...places,
    ...leftover,
    ...litter,
    ...(await attemptMany('operator', () => checkOperator(context))),
    ok('proxy', proxy ? 'HTTPS_PROXY is set and used; loopback is never proxied' : 'none'),
  ]
}

/** Of a store with sums, so many runs are read whole all the same. */
const youngest = 50

async function checkLedgers({ app }: Context): Promise<Check[]> {
  return attemptMany('ledger', async () => {
    const ledger = await app.ledger()
    const ids = await ledger.list()
    const bad: Check[] = []
    // Where the store has a sum of each line, these tell of all; what is young, and what they tell of, is read as well.
    const doubtful = await ledger.doubtful?.()
    const read = doubtful ? [...new Set([...doubtful, ...ids.slice(0, youngest)])] : ids
    for (const id of read) {
      const check = await attempt(`ledger of run ${id}`, async () => {
        const { chain } = await ledger.read(id)
        const { isSound, words } = checkLedger(chain)
        if (isSound) return ok(id, words)
        return {
          what: `ledger of run ${id}`,
          state: 'fail',
          detail: words,
          next: `k1ctl runs show ${id}`,
        }
      })
      if (check.state !== 'ok') bad.push(check)
    }
    const older = read.length < ids.length ? `, the newest ${youngest} line by line, the others by their sums` : ''
    return bad.length > 0 ? bad : [ok('ledger', `${ledger.path}: ${count(ids, 'run')}, all intact${older}`)]
  })
}

async function checkConnections(context: Context, tenant: string | undefined): Promise<Check[]> {
  const { app } = context
  // A configuration that cannot be read has its own line already.
  const config = await app.config().catch(() => null)
  return attemptMany('connections', async () => {
    const connections = config?.connections(tenant) ?? []
    if (config && connections.length === 0) return [nothingConnected]
    const systems = await app.systems()
    return withSessions(context, { useEnvironment: false }, (sessions: Sessions) =>
      inLanes(
        connections,
        c => `${c.tenant}/${c.system}`,
        concurrency,
        connection =>
          attempt(`${connection.system} for ${connection.tenant}`, async () => {
            const what = `${connection.system} for ${connection.tenant}`
            const system = systems.find(kindOf(connection.system))
            const module = system && (await sessions.module(connection.tenant, system, connection.system))
            const identity = await (await module?.open?.())?.check()
            if (!identity)
              return { what, state: 'fail', detail: 'this version of k1ctl does not know the system', next: null }
            const { unchecked = [] } = system?.about ?? {}
            const untold = unchecked.length === 0 ? '' : `. Shows only when it is used: ${unchecked.join('; ')}`
            if (identity.missing.length === 0) return ok(what, `signed in as ${identity.name}${untold}`)
            return {
              what,
              state: 'warn',
              detail: `signed in as ${identity.name}. ${identity.missing.join(' ')}${untold.replace(/^\. /, ' ')}`,
              next: null,
            }
          }),
      ),
    )
  })
}

const nothingConnected: Check = {
  what: 'connections',
  state: 'warn',
  detail: 'nothing is connected yet',
  next: 'k1ctl connect bms, or try it all with k1ctl demo',
}

function count(list: readonly unknown[], noun: string): string {
  return `${list.length} ${noun}${list.length === 1 ? '' : 's'}`
}

function ok(what: string, detail: string): Check {
  return { what, state: 'ok', detail, next: null }
}

async function attempt(what: string, check: () => Promise<Check>): Promise<Check> {
  try {
    return await check()
  } catch (error) {
    const { message, hint } = asK1Error(error)
    return { what, state: 'fail', detail: message, next: hint ?? null }
  }
}

async function attemptMany(what: string, checks: () => Promise<Check[]>): Promise<Check[]> {
  try {
    return await checks()
  } catch (error) {
    const { message, hint } = asK1Error(error)
    return [{ what, state: 'fail', detail: message, next: hint ?? null }]
  }
}
