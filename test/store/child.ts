/** Another process for the tests: `child.mjs <verb> <home> …`. Prints one line for each thing that it was promised. */
import { openConfig } from '../../src/store/config-store.ts'
import { findHome } from '../../src/store/home.ts'
import { openLedger } from '../../src/store/ledger.ts'
import { openLocks } from '../../src/store/locks.ts'
import { openSecrets } from '../../src/store/secret-store.ts'
import { holdWriteLock } from '../../src/store/write-lock.ts'

const [verb = '', folder = '', name = '', count = '1'] = process.argv.slice(2)
const home = findHome({ env: { K1CTL_HOME: folder }, platform: process.platform, homedir: folder })
const isAlive = (id: number): boolean => {
  try {
    return process.kill(id, 0)
  } catch {
    return false
  }
}
/** A clock that is wrong, by so many days: all of this process goes by it. */
const wrongBy = Number(process.env.TRIAL_DAYS_AHEAD ?? 0) * 86_400_000
const RealDate = Date
if (wrongBy !== 0) {
  globalThis.Date = class extends RealDate {
    constructor(...words: [] | [number | string | Date]) {
      super(words.length === 0 ? RealDate.now() + wrongBy : words[0])
    }
    static override now(): number {
      return RealDate.now() + wrongBy
    }
  } as DateConstructor
}

const clock = {
  now: () => new Date(),
  sleep: (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms)),
}
const processes = { own: process.pid, isAlive }
const ledger = openLedger({ home, clock, processes })
const locks = openLocks({ home, clock, processes })
const say = (line: string): boolean => process.stdout.write(`${line}\n`)
const stay = (): Promise<never> => new Promise(() => setInterval(() => undefined, 1_000))

const verbs: Record<string, () => Promise<void>> = {
  async 'add-tenants'() {
    const config = await openConfig(home, processes)
    for (let i = 0; i < Number(count); i++) {
      await config.addTenant({ name: `${name}-${i}`, domains: [] })
      say(`${name}-${i}`)
    }
  },
  /** One change after the other, of every kind that is computed from what was there. */
  async 'join-crowd'() {
    const config = await openConfig(home, processes)
    const tenant = 'Northwind Dental'
    for (let i = 0; i < Number(count); i++) {
      const id = `${name}-${i}`
      await config.addTenant({ name: id, domains: [] })
      await config.updateTenant(tenant, ({ domains }) => ({ domains: [...domains, `${id}.example`] }))
      await config.protect({ person: id })
      await config.connect({
        tenant: id,
        system: 'bms',
        settings: {},
        secretFields: [],
        place: 'environment',
        as: id,
        connectedAt: new Date().toISOString(),
      })
      say(id)
    }
  },
  async 'hold-config'() {
    await holdWriteLock(`${home.config}/config.json`, processes, async () => {
      say('held')
      await stay()
    })
  },
  async 'hold-subject'() {
    const subject = { kind: 'person', tenant: 'Northwind Dental', name } as const
    await locks.hold(subject, { run: 'a-run', operator: 'child@there' }, async () => {
      say('held')
      await stay()
    })
  },
  async 'hold-run'() {
    const writer = await ledger.create()
    await writer.append('plan', {})
    say(writer.run)
    await stay()
  },
  async 'open-run'() {
    const got = await ledger.open(name).then(
      () => 'got it',
      () => 'refused',
    )
    say(got)
    await stay()
  },
  async 'append-forever'() {
    const writer = await ledger.create()
    say(writer.run)
    for (;;) {
      const { seq } = await writer.append('intent', { text: 'x'.repeat(2_000) })
      say(String(seq))
    }
  },
  async 'fill-disk'() {
    const writer = await ledger.create()
    say(writer.run)
    try {
      for (;;) say(String((await writer.append('intent', { text: 'x'.repeat(3_000) })).seq))
    } catch (error) {
      say(JSON.stringify(error, ['kind', 'facts', 'code']))
      const again = await writer.append('intent', {}).then(
        () => 'written',
        () => 'refused',
      )
      say(again)
    }
    await writer.close()
  },
  /** Ends by returning: what is left behind must not keep the process alive. */
  async 'keep-secret'() {
    const secrets = openSecrets({
      home,
      env: process.env,
      processes,
      keyring: { node: process.execPath, library: name },
    })
    say(await secrets.write('northwind/bms', { password: 'from-another-process' }))
  },
}

await verbs[verb]?.().catch((error: unknown) => {
  say(JSON.stringify(error, ['kind', 'facts', 'code']))
})
