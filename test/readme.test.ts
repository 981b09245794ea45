import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Ground, openGround } from './cli/harness.ts'
import { buildCommand } from './process/built-command.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const readme = `${root}README.md`
const blocks = /```console\n(\$ [^\n]+\n)([\s\S]*?)```/g

let ground: Ground
beforeAll(async () => {
  await buildCommand()
  ground = await openGround()
})
afterAll(() => ground.close())

/** Runs a line as a shell would, with stdout and stderr in the order in which a person sees them. */
function run(line: string): Promise<string> {
  const script = `k1ctl() { node "${root}bin/k1ctl.js" "$@"; }\nexec 2>&1\n${line}\ncode=$?\n[ $code = 0 ] || echo "(exit $code)"`
  const env = { PATH: process.env.PATH, K1CTL_HOME: ground.home, NO_COLOR: '1' }
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
    .replace(/^(20261121-170000-4f2a {2}2026-\S+Z .* )\S+$/gm, '$1amy@msp')
    .replace(/operator {2}\S+,/g, 'operator  amy@msp,')
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:4111')
}

it('shows what the commands really print', { timeout: 180_000 }, async () => {
  const before = readFileSync(readme, 'utf8')
  const found = [...before.matchAll(blocks)]
  expect(found.length).toBeGreaterThan(15)
  let after = before
  for (const [block, command = ''] of found) {
    const printed = steady(await run(command.slice(2).trim()))
    after = after.replace(block, () => `\`\`\`console\n${command}${printed}\`\`\``)
  }
  if (process.env.K1CTL_UPDATE_README) writeFileSync(readme, after)
  else expect(after).toBe(before)
})
