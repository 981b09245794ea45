import { describe, expect, it } from 'vitest'
import { type CommandEntry, type CommandSpec, type GroupSpec, isGroup } from '../../src/cli/command.ts'
import { entries } from '../../src/cli/entries.ts'
import { topicNames } from '../../src/cli/help.ts'
import { optionsOf } from '../../src/cli/option-sets.ts'
import { buildProgram } from '../../src/cli/program.ts'
import { run } from '../../src/cli/run.ts'
import { makeApp } from '../../src/make-app.ts'
import { systems } from '../../src/systems/index.ts'
import { runIn } from './harness.ts'

interface Node {
  path: string[]
  spec: CommandSpec | GroupSpec
}

function walk(path: string[], spec: CommandSpec | GroupSpec): Node[] {
  const below = isGroup(spec) ? spec.commands.flatMap(child => walk([...path, child.name], child)) : []
  return [{ path, spec }, ...below]
}

const loaded = await Promise.all(entries.map(async entry => ({ entry, spec: await entry.load() })))
const nodes = loaded.flatMap(({ entry, spec }) => walk([entry.name], spec))
const nowhere = '/nowhere/k1ctl'
const help = (words: string[]) => runIn(nowhere, words)

/** A shell line as words: quotes, continued lines; comments, redirections and what comes after a pipe are left out. */
function shellWords(line: string): string[][] {
  const calls: string[][] = [[]]
  const tokens = line.matchAll(/\\\n\s*|\s+|'([^']*)'|"([^"]*)"|([|;])|([<>]\S*\s*\S*)|((?:[^\s'"|;<>\\]|\\.)+)/g)
  let word: string | undefined
  const end = () => {
    if (word !== undefined) calls.at(-1)?.push(word)
    word = undefined
  }
  for (const [token, single, double, next, redirection, plain] of tokens) {
    if (/^(\\\n)?\s*$/.test(token)) end()
    else if (next) {
      end()
      calls.push([])
    } else if (redirection === undefined) word = (word ?? '') + (single ?? double ?? plain ?? '')
  }
  end()
  return calls
}

/** The calls of k1ctl in an example, each as the words after `k1ctl`. */
function callsIn(example: string): string[][] {
  return shellWords(example.replace(/<\(([^)]*)\)/g, '; $1')).flatMap(words => {
    const at = words.findIndex(word => !/^\w+=/.test(word))
    const comment = words.indexOf('#')
    return words[at] === 'k1ctl' ? [words.slice(at + 1, comment === -1 ? undefined : comment)] : []
  })
}

/** The same commands, which do nothing when they are called. */
function inert(spec: CommandSpec | GroupSpec): CommandSpec | GroupSpec {
  if (!isGroup(spec)) return { ...spec, run: async () => 77 }
  return {
    ...spec,
    commands: spec.commands.map(inert),
    ...(spec.bare ? { bare: { ...spec.bare, run: async () => 77 } } : {}),
  }
}
const harmless: CommandEntry[] = loaded.map(({ entry, spec }) => ({ ...entry, load: async () => inert(spec) }))

async function parse(argv: string[]): Promise<number> {
  const out: string[] = []
  const stream = { write: (text: string) => out.push(text) }
  const host = { env: { K1CTL_HOME: nowhere }, stdin: process.stdin, stdout: stream, stderr: stream }
  const app = makeApp({
    ...host,
    signal: new AbortController().signal,
    operator: 'tester',
    homedir: () => nowhere,
    platform: process.platform,
    runtime: process.versions.node,
    node: process.execPath,
    pid: process.pid,
    isAlive: () => true,
  })
  let code = 0
  const program = await buildProgram(harmless, argv, { app, call: run }, result => {
    code = result
  })
  await program.parseAsync(argv, { from: 'user' })
  return code
}

describe('help', () => {
  it('knows the whole tree', () => {
    expect(nodes.length).toBeGreaterThan(40)
    expect(new Set(entries.map(e => e.name)).size).toBe(entries.length)
  })

  it.each(nodes.map(node => [node.path.join(' '), node] as const))(
    'of %s has examples that parse',
    async (line, node) => {
      const { code, stdout, stderr } = await help([...node.path, '--help'])
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout).toContain(`Usage: k1ctl ${line}`)
      expect(stdout).toContain(node.spec.summary)
      const examples = stdout.split('\nExamples:\n')[1] ?? ''
      expect(examples).toMatch(/^ {2}\$ /)

      const calls = node.spec.examples.flatMap(callsIn)
      expect(calls.length).toBeGreaterThan(0)
      for (const call of calls) expect({ call, code: await parse(call) }).toEqual({ call, code: 77 })
      // An example of a command calls that command.
      const own = calls.filter(call => node.path.every((word, i) => call[i] === word))
      expect(own.length).toBeGreaterThan(0)
      // By way of the other door.
      expect((await help(['help', ...node.path])).stdout).toBe(stdout)
    },
  )

  it.each(nodes.map(node => [node.path.join(' '), node.spec] as const))('of %s is tidy', async (line, spec) => {
    expect(spec.summary).toMatch(/^[^.]*[^.\s]$/)
    const { stdout } = await help([...line.split(' '), '--help'])
    const text = stdout.split('\nExamples:\n')[0] ?? ''
    expect(text.split('\n').filter(l => l.length > 100 || l !== l.trimEnd())).toEqual([])
    if (isGroup(spec)) return
    const flags = optionsOf(spec).flatMap(o => o.flags.match(/--[\w-]+/g) ?? [])
    expect(new Set(flags).size).toBe(flags.length)
  })

  it('would not pass an example with an option or a command that there is not', async () => {
    await expect(parse(['status', '--frobnicate'])).rejects.toThrow('unknown option')
    await expect(parse(['tenant', 'frobnicate'])).rejects.toThrow('unknown command')
    await expect(parse(['tenant', 'add'])).rejects.toThrow('missing required argument')
  })

  it('of the whole names every command, and every topic', async () => {
    for (const words of [[], ['--help'], ['-h'], ['help']]) {
      const { code, stdout } = await help(words)
      expect(code).toBe(0)
      for (const { name, summary } of entries)
        expect(stdout).toMatch(new RegExp(`^ {2}${name} +${summary.slice(0, 20)}`, 'm'))
      for (const topic of topicNames) expect(stdout.split('Topics:')[1]).toContain(topic)
      for (const call of callsIn(stdout.split('Examples:\n')[1]?.replace(/^ {2}\$ |\s{3,}.*$/gm, ' ; ') ?? ''))
        await parse(call)
    }
  })
})

describe('a topic', () => {
  it.each(topicNames)('%s is printed on stdout, in lines of 120 at the most', async name => {
    const { code, stdout, stderr } = await help(['help', name])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.split('\n').length).toBeGreaterThan(3)
    expect(stdout.split('\n').filter(line => line.length > 120)).toEqual([])
  })

  it.each(topicNames)('%s has a name that no command has', name => {
    expect(entries.map(e => e.name)).not.toContain(name)
  })

  it.each(systems.map(({ about }) => [about.id, about.title]))('%s has a page', async (id, title) => {
    const { code, stdout, stderr } = await help(['help', id])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^# /)
    expect(stdout).toContain(title.replace(/ (?:service|\(.*\))$/, ''))
  })

  it('environment names each variable that a system reads', async () => {
    const { stdout } = await help(['help', 'environment'])
    for (const name of [
      'K1CTL_HOME',
      'K1CTL_TENANT',
      'K1CTL_PASSPHRASE',
      'K1CTL_BMS_PASSWORD',
      'K1CTL_GRAPHUS_TENANT_ID',
    ])
      expect(stdout).toContain(`  ${name} `)
  })

  it('calls only commands that there are', async () => {
    for (const name of topicNames) {
      const { stdout } = await help(['help', name])
      const named = [...stdout.matchAll(/k1ctl ([a-z][a-z-]+)/g)].map(([, word]) => word)
      expect(named.filter(word => !/^(is|prints)$/.test(word ?? '') && !entries.some(e => e.name === word))).toEqual([])
    }
  })
})
