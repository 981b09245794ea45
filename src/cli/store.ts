import { K1Error } from '../core/errors.ts'
import type { CommandSpec, GroupSpec } from './command.ts'
import { permit } from './permit.ts'
import { copyAttestations, copyDated, copyPastChecks, copyRuns, copySettings } from './store-copy.ts'

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
      const [counts, readOnly] = [await store.counts(), await store.readOnly()]
      if (output.forMachine) output.json({ place: store.place, ...counts, readOnly })
      else {
        output.write(`${store.place} answers\n`)
        for (const [what, count] of Object.entries(counts)) output.write(`  ${what.padEnd(12)} ${count}\n`)
        if (readOnly.length > 0) output.write(`  ${readOnlyWords(readOnly)}\n`)
      }
      return 0
    } finally {
      await store.close()
    }
  },
}

/** What a role that may only read can do, for `doctor` too. */
export function readOnlyWords(tables: readonly string[]): string {
  return `may be read, and not written (${tables.join(', ')}): no change could be written down, so none is made from here`
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
    'Tenants, connections with their secrets, protected people, runs with their people, dates, attestations and past ' +
    'posture checks. What the team has ' +
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
    // Of all tenants, and all at once: nothing is begun of what would be refused halfway.
    await permit({ ...context, app: to }, 'owner', [])
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
    const attested = await copyAttestations(from, to, left)
    await copyPastChecks(from, to, left)
    const said = attested === 1 ? '1 attestation' : `${attested} attestations`
    output.write(`copied: ${runs} runs, ${dated} dates, ${said}, and the settings\n`)
    for (const line of left) output.warn(`${output.talk.yellow('!')} ${line}`)
    return left.length === 0 ? 0 : 3
  },
}

export const storeCommand: GroupSpec = {
  name: 'store',
  summary: "where everything is kept: files, or a team's PostgreSQL",
  details: 'K1CTL_STORE=postgres://… wins over what was chosen; K1CTL_STORE=files is files.',
  examples: ['k1ctl store show', 'k1ctl store use postgres://k1ctl@db.msp.example/k1ctl', 'k1ctl store check'],
  commands: [show, use, check, copy],
}
