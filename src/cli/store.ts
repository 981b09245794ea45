import { isK1Error, K1Error } from '../core/errors.ts'
import { checkLedger } from '../core/ledger-check.ts'
import type { ConnectionRecord } from '../core/stores.ts'
import { foldRun } from '../engine/run-state.ts'
import type { App } from './app.ts'
import type { CommandSpec, Context, GroupSpec } from './command.ts'
import { passphrasePrompt } from './sign-in-prompt.ts'

const show: CommandSpec = {
  name: 'show',
  summary: 'where tenants, connections, runs and dates are kept',
  takes: ['output'],
  examples: ['k1ctl store show'],
  async run({ app, output }) {
    const stores = await app.stores()
    const url = stores.chosen()
    const place = url === undefined ? (await app.config()).path : (await stores.open(url)).place
    if (output.forMachine) output.json({ kind: url === undefined ? 'files' : 'postgresql', place })
    else output.write(url === undefined ? `files of this user: ${place}\n` : `a team's PostgreSQL: ${place}\n`)
    return 0
  },
}

const check: CommandSpec = {
  name: 'check',
  summary: 'reach the store, and say what it holds',
  takes: ['output'],
  examples: ['k1ctl store check'],
  async run({ app, output }) {
    const stores = await app.stores()
    const url = stores.chosen()
    if (url === undefined) {
      output.write('files: k1ctl doctor looks at them\n')
      return 0
    }
    const store = await stores.open(url)
    try {
      const counts = await store.counts()
      if (output.forMachine) output.json({ place: store.place, ...counts })
      else {
        output.write(`${store.place} answers\n`)
        for (const [what, count] of Object.entries(counts)) output.write(`  ${what.padEnd(12)} ${count}\n`)
      }
      return 0
    } finally {
      await store.close()
    }
  },
}

const use: CommandSpec = {
  name: 'use',
  args: '<address>',
  summary: "keep everything in a team's PostgreSQL, or in files again",
  details: 'The password never goes on a command line: PGPASSWORD, ~/.pgpass, or K1CTL_STORE in the environment.',
  examples: ['k1ctl store use postgres://k1ctl@db.msp.example/k1ctl', 'k1ctl store use files'],
  async run({ app, words, output }) {
    const address = words.required(0, 'The address')
    const stores = await app.stores()
    if (address === 'files') {
      stores.choose(undefined)
      output.say('Everything is kept in files of this user again. The database stays as it is.')
      return 0
    }
    refusePassword(address)
    const store = await stores.open(address)
    try {
      const { tenants } = await store.counts()
      stores.choose(address)
      output.say(`Everything is kept in ${store.place} from now on (${tenants} tenants there).`)
      const { talk } = output
      if (tenants === 0) output.say(`${talk.cyan('→')} k1ctl store copy brings what this machine has in files`)
      output.say(`${talk.cyan('→')} Secrets are sealed with K1CTL_PASSPHRASE: the same one on each machine of the team`)
      return 0
    } finally {
      await store.close()
    }
  },
}

function refusePassword(address: string): void {
  let password = ''
  try {
    password = new URL(address).password
  } catch {
    // `open` says what is wrong with it.
  }
  if (password === '') return
  throw new K1Error('usage', 'A password does not go on a command line: others on this machine can read it there.', {
    hint: 'Leave it out, and set PGPASSWORD, or write it into ~/.pgpass. Then change that password.',
  })
}

const copy: CommandSpec = {
  name: 'copy',
  summary: "bring what this machine keeps in files into the team's store",
  details:
    'Tenants, connections with their secrets, protected people, runs with their people, and dates. What the team has ' +
    'already stays as it is there; the files stay, too. Giving it again goes on where it ended.',
  options: [{ flags: '--yes', summary: 'consent, without being asked' }],
  examples: ['k1ctl store copy --yes'],
  async run(context) {
    const { app, words, output } = context
    const stores = await app.stores()
    const url = stores.chosen()
    if (url === undefined) {
      throw new K1Error('not-set-up', 'No team store is chosen.', {
        hint: 'k1ctl store use postgres://k1ctl@db.msp.example/k1ctl',
      })
    }
    const [from, to] = [stores.files(), stores.team(url)]
    if (!words.flag('yes')) {
      if (!output.canAsk) {
        throw new K1Error('unattended', 'Others will see what is copied, and nobody can be asked.', {
          hint: 'Consent with --yes.',
        })
      }
      const answer = await (await app.prompter()).confirm(
        `Copy all of ${(await from.config()).path} into the team's store?`,
      )
      if (!answer) throw new K1Error('cancelled', 'Nothing was copied.')
    }
    const left = await copySettings(context, from, to)
    const runs = await copyRuns(from, to, left)
    const dated = await copyDated(from, to, left)
    output.write(`copied: ${runs} runs, ${dated} dates, and the settings\n`)
    for (const line of left) output.warn(`${output.talk.yellow('!')} ${line}`)
    return left.length === 0 ? 0 : 3
  },
}

/** Tenants, connections with secrets, protected people. Answers what was left, a sentence each. */
async function copySettings(context: Context, from: App, to: App): Promise<string[]> {
  const [here, there] = [await from.config(), await to.config()]
  const left: string[] = []
  for (const tenant of here.tenants()) {
    if (there.tenant(tenant.name)) continue
    try {
      await there.addTenant(tenant)
    } catch (error) {
      left.push(`${tenant.name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  for (const connection of here.connections()) {
    if (!there.tenant(connection.tenant) || there.connection(connection.tenant, connection.system)) continue
    const why = await copyConnection(context, connection, from, to)
    if (why !== undefined) left.push(`${connection.system} of ${connection.tenant}: ${why}`)
  }
  const known = new Set(there.protectedPeople().map(p => `${p.person}\n${p.tenant ?? ''}`.toLowerCase()))
  for (const record of here.protectedPeople()) {
    if (!known.has(`${record.person}\n${record.tenant ?? ''}`.toLowerCase())) await there.protect(record)
  }
  return left
}

async function copyConnection(
  context: Context,
  connection: ConnectionRecord,
  from: App,
  to: App,
): Promise<string | undefined> {
  const there = await to.config()
  const { secretRef, place, ...rest } = connection
  if (secretRef === undefined || place === 'environment') {
    await there.connect(connection)
    return undefined
  }
  try {
    const ask = passphrasePrompt(context)
    const values = await (await from.secrets(ask)).read(secretRef, place)
    const kept = await (await to.secrets(ask)).write(secretRef, values, 'sealed')
    await there.connect({ ...rest, secretRef, place: kept })
    return undefined
  } catch (error) {
    if (!isK1Error(error)) throw error
    return `its secret was not copied (${error.message}) Connect it again.`
  }
}

/** Whole chains, line by line: their hashes stay. What was altered is left, and said. */
async function copyRuns(from: App, to: App, left: string[]): Promise<number> {
  const [here, there] = [await from.ledger(), await to.ledger()]
  const lists = await from.peopleList()
  const known = new Set(await there.list())
  let copied = 0
  for (const run of (await here.list()).reverse()) {
    if (known.has(run)) continue
    const { chain, entries } = await here.read(run)
    if (!checkLedger(chain).isSound || !there.adopt) {
      left.push(`run ${run}: its ledger is ${checkLedger(chain).words}`)
      continue
    }
    try {
      // Only offboardings have a list; one that cannot be read is no list that is not there.
      const hasPeople = foldRun({ run, chain, entries }).kind === 'offboarding'
      await there.adopt(run, entries, hasPeople ? lists.readPeopleList(run) : undefined)
      copied++
    } catch (error) {
      if (!isK1Error(error) || error.kind !== 'storage') throw error
      left.push(`run ${run}: ${error.message}`)
    }
  }
  return copied
}

async function copyDated(from: App, to: App, left: string[]): Promise<number> {
  const [here, there] = [await from.diary(), await to.diary()]
  const known = new Set(await there.list())
  let copied = 0
  for (const id of await here.list()) {
    const value = await here.read(id)
    if (known.has(id)) continue
    if (typeof value !== 'object' || value === null) {
      left.push(`${id}: what has a date there cannot be read`)
      continue
    }
    await there.add(value, id)
    copied++
  }
  return copied
}

export const storeCommand: GroupSpec = {
  name: 'store',
  summary: "where everything is kept: files, or a team's PostgreSQL",
  details: 'K1CTL_STORE=postgres://… wins over what was chosen; K1CTL_STORE=files is files.',
  examples: ['k1ctl store show', 'k1ctl store use postgres://k1ctl@db.msp.example/k1ctl', 'k1ctl store check'],
  commands: [show, use, check, copy],
}
