import { execFile } from 'node:child_process'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { systems } from '../src/systems/index.ts'
import { openGround } from './cli/harness.ts'
import { buildCommand } from './process/built-command.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const pages = [
  'README.md',
  'src/README.md',
  'src/posture/README.md',
  'src/store/README.md',
  'src/systems/README.md',
  ...systems.map(({ about }) => `src/systems/${about.id}/README.md`),
]
const blocks = /```console\n(\$ [^\n]+\n)([\s\S]*?)```/g

beforeAll(() => buildCommand(), 60_000)

/** Runs a line as a shell would, with stdout and stderr in the order in which a person sees them. */
function run(line: string, home: string): Promise<string> {
  const script = `k1ctl() { node "${root}bin/k1ctl.js" "$@"; }\nexec 2>&1\n${line}\ncode=$?\n[ $code = 0 ] || echo "(exit $code)"`
  const env = { PATH: process.env.PATH, K1CTL_HOME: home, NO_COLOR: '1' }
  return new Promise((resolve, reject) => {
    execFile('bash', ['-c', script], { env, timeout: 60_000 }, (error, stdout) =>
      error ? reject(error) : resolve(stdout),
    )
  })
}

/** Run ids, times, ports and who is at the keyboard are new each time, and people who leave side by side end in any order. */
function steady(text: string): string {
  return text
    .replace(/(?:^✓ [^\n]+\n){2,}/gm, people => `${people.trimEnd().split('\n').sort().join('\n')}\n`)
    .replace(/\d{8}-\d{6}-[0-9a-f]{4}/g, '20261121-170000-4f2a')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z/g, '2026-11-21T17:00:00.000Z')
    .replace(/\bd\d{8}-[0-9a-f]{4}\b/g, 'd20261121-4f2a')
    .replace(/^(20261121-170000-4f2a {2}2026-\S+Z .* )\S+$/gm, '$1amy@msp')
    .replace(/operator {2}\S+,/g, 'operator  amy@msp,')
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:4111')
}

describe.each(pages)('%s', page => {
  const file = join(root, page)
  const before = readFileSync(file, 'utf8')
  const found = [...before.matchAll(blocks)]

  const options = { concurrent: true, timeout: 180_000 }
  it.runIf(found.length > 0)('shows what the commands really print', options, async () => {
    // A page is read alone: its commands run in a home and a world of their own.
    const ground = await openGround()
    try {
      let after = before
      for (const [block, command = ''] of found) {
        const printed = steady(await run(command.slice(2).trim(), ground.home))
        after = after.replace(block, () => `\`\`\`console\n${command}${printed}\`\`\``)
      }
      if (process.env.K1CTL_UPDATE_README) writeFileSync(file, after)
      else expect(after).toBe(before)
    } finally {
      await ground.close()
    }
  })

  it('leads only to what is there', () => {
    const anchors = headings(before)
    for (const [, target = ''] of before.replaceAll(/```[\s\S]*?```/g, '').matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue
      const [path = '', anchor] = target.split('#')
      if (path !== '') expect(statSync(join(dirname(file), path)).isFile(), target).toBe(true)
      if (path === '' && anchor !== undefined) expect(anchors, target).toContain(anchor)
    }
  })
})

function headings(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replace(/ /g, '-'),
  )
}

it('keeps the front page short, and most of the commands shown somewhere', () => {
  expect(statSync(join(root, 'README.md')).size).toBeLessThanOrEqual(25_000)
  const shown = pages.flatMap(page => [...readFileSync(join(root, page), 'utf8').matchAll(blocks)])
  expect(shown.length).toBeGreaterThan(25)
})
