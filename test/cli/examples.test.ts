import { execFileSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CommandSpec, type GroupSpec, isGroup } from '../../src/cli/command.ts'
import { entries } from '../../src/cli/entries.ts'
import { demoWorld } from '../../src/sandbox/index.ts'
import { type Ground, openGround } from './harness.ts'
import { allWrites, leaver } from './leavers.ts'
import { scriptedPrompter } from './scripted-prompter.ts'

/** What cannot be pasted here, and why. */
const elsewhere: readonly { begins: string; why: string }[] = [
  { begins: 'k1ctl connect ', why: 'signs in to a real system with a secret' },
  { begins: 'pass bms', why: 'signs in to a real system with a secret' },
  { begins: 'K1CTL_GRAPHUS_PASSWORD', why: 'signs in to a real system with a secret' },
  { begins: 'k1ctl sandbox start', why: 'runs until Ctrl-C' },
  { begins: 'k1ctl sandbox reset --url', why: 'another sandbox' },
  { begins: 'k1ctl posture export --all-tenants | ', why: 'is two calls; test/cli/posture-check.test.ts makes both' },
  { begins: 'k1ctl store use postgres', why: "needs a team's database; test/cli/store.test.ts has one" },
  { begins: 'k1ctl store copy', why: "needs a team's database; test/cli/store.test.ts has one" },
  { begins: 'k1ctl operator', why: "needs a team's database; test/cli/operator.test.ts has one" },
  { begins: 'k1ctl runs seal', why: 'needs a key; test/cli/runs-seal.test.ts has one' },
  { begins: 'k1ctl demo', why: 'starts a sandbox of its own, and has a test of its own' },
  { begins: 'npm run demo', why: 'is the same' },
]

/** What is refused, failed or unknown is no example: done, by hand or waiting, and something to do are. */
const good = [0, 3, 5]

function examplesOf(path: string, spec: CommandSpec | GroupSpec): { path: string; example: string }[] {
  const below = isGroup(spec) ? spec.commands.flatMap(child => examplesOf(`${path} ${child.name}`, child)) : []
  return [...spec.examples.map(example => ({ path, example })), ...below]
}

const loaded = await Promise.all(entries.map(async entry => examplesOf(entry.name, await entry.load())))
const all = [...new Map(loaded.flat().map(one => [one.example, one])).values()]
const pasted = all.filter(({ example }) => !elsewhere.some(({ begins }) => example.startsWith(begins)))

let ground: Ground
let parsed: ReturnType<typeof parseAll>
let run = ''
let touched = false
const somebody = 'grace.palmer@northwind-dental.example'
beforeAll(async () => {
  ground = await openGround({ ...demoWorld(), tenants: demoWorld().tenants.filter(({ name }) => named.includes(name)) })
  parsed = parseAll(pasted.map(({ example }) => example))
}, 60_000)
const here = readdirSync('.')
afterAll(async () => {
  await ground.k1ctl(['lock'])
  await ground.close()
  // An example that writes a file does it there, and not in the repository.
  expect(readdirSync('.').filter(name => !here.includes(name))).toEqual([])
})

/** Those of the demo world that an example names, so that forty need not be made anew for each. */
const named = ['Northwind Dental', 'Ironbridge Machining', 'Harbor Light Veterinary']

const passphrase = 'nine small lanterns'

/** Something to be accepted, applied and attested. */
const posture = 'defaults:\n  bms: { deprovisioning: on }\n  datto-rmm: { log-in: on, require-log-in: on }\n'

/** As it was when the example was thought of: somebody was offboarded, and there is a list of leavers. */
async function prepare(path: string): Promise<void> {
  if (touched) await ground.reset()
  touched = true
  const mine = ['--tenant', 'Northwind Dental']
  await ground.k1ctl(['tenant', 'use', 'Northwind Dental'])
  if (/^(jit|deprovisioning)/.test(path)) {
    await ground.k1ctl(['unified-login', 'enable', 'graphus', '--yes', ...mine])
    await ground.k1ctl(['jit', 'defaults', 'set', 'dpp', '--role', 'Tech', '--yes', ...mine])
  }
  if (path.startsWith('runs')) {
    // Without an endpoint of KaseyaOne there is something to attest.
    if (path.includes('attest')) await ground.k1ctl(['disconnect', 'kaseyaone', ...mine])
    const made = await ground.k1ctl(['offboard', somebody, '--yes', '--wait', '1', '--json'])
    run = JSON.parse(made.stdout).run
  }
  if (/^(un)?lock/.test(path)) {
    const { url = '', username = '', company = '', password = '' } = ground.sandbox.systems.bms?.credentials ?? {}
    const given = ['--url', url, '--username', username, '--company', company, '--password-stdin', '--keep', 'sealed']
    await ground.k1ctl(['connect', 'bms', ...given, ...mine], {
      stdin: password,
      env: { K1CTL_PASSPHRASE: passphrase },
    })
  }
  if (path.startsWith('schedule')) {
    await ground.k1ctl(['offboard', somebody, '--at', '2030-12-06 17:00', '--yes', ...mine])
    if (path.includes(' go')) await ground.k1ctl(['schedule', 'hold', 'last'])
  }
  if (path.startsWith('approve')) {
    await ground.k1ctl(['tenant', 'approval', 'Northwind Dental', '--for', 'delete'])
    await ground.k1ctl(['offboard', somebody, '--delete', '--yes', '--wait', '1'], { operator: 'ben@two' })
  }
  if (path.startsWith('connections')) {
    await ground.k1ctl(['tenant', 'use', 'Ironbridge Machining'])
    await ground.k1ctl(['connections', 'set', 'jumpcloud', 'orgId=0123456789abcdef01234567'])
  }
  if (/^(posture|attest)/.test(path)) {
    writeFileSync(join(ground.home, 'posture.yaml'), posture)
    writeFileSync(join(ground.home, 'eu.yaml'), 'defaults:\n  graphus: { deprovisioning: on }\n')
    writeFileSync(join(ground.home, 'screenshot.png'), 'a picture')
    const apply = ['posture', 'apply', '-f', join(ground.home, 'posture.yaml'), ...mine]
    if (path.includes('apply')) await ground.k1ctl([...apply, '--save-plan', join(ground.home, 'plan.json')])
  }
  if (path === 'alias delete') await ground.k1ctl(['alias', 'set', 'leaver', 'offboard $1 --dry-run'])
  if (path.startsWith('protect')) {
    await ground.k1ctl(['protect', 'add', 'amy.breakglass@northwind-dental.example'])
    await ground.k1ctl(['protect', 'add', 'svc-sync', '--tenant', 'Northwind Dental'])
  }
  writeFileSync(join(ground.home, 'leavers.csv'), `email\r\n${leaver(1)}\r\n`)
  writeFileSync(join(ground.home, 'hr-export.csv'), `email,Last day\r\n${leaver(1)},2030-12-06\r\n`)
}

/** Stands for the run that there is. */
const runWord = 'THE-RUN'

interface Parsed {
  words: string[]
  stdin?: string
}

/** The words of each call, by the shell itself, which is started once; a file is in the home. */
function parseAll(examples: readonly string[]): Map<string, Parsed> {
  const script = examples.flatMap(example => {
    const line = lineOf(example)
    const [whole = '', piped] = /^(printf .*?) \| (?=k1ctl)/.exec(line) ?? []
    return [piped ?? ':', "printf '\\0'", line.slice(whole.length), "printf '\\1'"]
  })
  const k1ctl = `k1ctl() { if [ -t 0 ]; then :; fi; printf '%s\\0' "$@"; }`
  const said = execFileSync('bash', ['-c', [k1ctl, ...script].join('\n')], { encoding: 'utf8' })
  const parsed = said
    .split('\x01')
    .slice(0, -1)
    .map((text): Parsed => {
      const [stdin = '', ...words] = text.split('\0').slice(0, -1)
      return { words, ...(stdin === '' ? {} : { stdin }) }
    })
  expect(parsed).toHaveLength(examples.length)
  return new Map(examples.map((example, at) => [example, parsed[at] ?? { words: [] }]))
}

function lineOf(example: string): string {
  return (
    example
      .replace(/\s+>\s+\S+$/, '')
      .replace(/^source <\((.*)\)$/, '$1')
      .replace(/\s+\| Out-String.*$/, '')
      .replace(/20261121-2014(03-4f2a)?/, runWord)
      .replace('leavers.csv', join(ground.home, 'leavers.csv'))
      .replace('hr-export.csv', join(ground.home, 'hr-export.csv'))
      .replace(/(?<= --to )(?=[^/])/, `${ground.home}/`)
      // In a folder that has them.
      .replace(/^(k1ctl posture (?:check|apply|report|accept)(?!.* (?:-f|--plan) ))/, '$1 -f posture.yaml')
      .replace(/(?<= )(posture\.yaml|eu\.yaml|screenshot\.png|plan\.json)/g, `${ground.home}/$1`)
  )
}

describe('an example of the help does what it says against the demo seed', () => {
  it.each(pasted.map(({ path, example }) => [example, path] as const))(
    '%s',
    { timeout: 60_000 },
    async (example, path) => {
      await prepare(path)
      const { words: spelled = [], stdin } = parsed.get(example) ?? {}
      expect(spelled.length, example).toBeGreaterThan(0)
      const words = spelled.map(word => word.replace(runWord, run))
      const prompter = scriptedPrompter({
        confirm: async () => true,
        typed: async () => true,
        password: async () => passphrase,
        input: async message => (message.includes('number') ? '1' : 'amy.breakglass@northwind-dental.example'),
        choose: async (_, choices) => {
          const [first] = choices
          if (!first) throw new Error('There is nothing to choose from.')
          return first.value
        },
      })
      const ran = await ground.k1ctl(words, stdin === undefined ? { prompter } : { stdin })
      const writes = await allWrites(ground)
      touched = writes.length > 0 || !/^(help|completion|systems|status|connections|doctor|orphans|people)/.test(path)
      expect(good, `${ran.code}\n${ran.stdout}\n${ran.stderr}`).toContain(ran.code)
      expect(ran.stderr).not.toContain('error:')
    },
  )
})

it('leaves out only what there is', () => {
  for (const { begins } of elsewhere)
    expect(
      all.some(({ example }) => example.startsWith(begins)),
      begins,
    ).toBe(true)
  expect(pasted.length).toBeGreaterThan(100)
})
