// A thousand ledgers for the bench: those of test/ledgers in turn, each under a run id of its own, with hashes that fit.
import { hash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../ledgers', import.meta.url))

export function writePastRuns(into, count) {
  mkdirSync(into, { recursive: true, mode: 0o700 })
  const templates = readdirSync(folder)
    .filter(name => name.endsWith('.jsonl'))
    .map(name => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'))
  for (let i = 0; i < count; i++) {
    const minute = String(i % 60).padStart(2, '0')
    const hour = String(Math.floor(i / 60) % 24).padStart(2, '0')
    const run = `20261121-${hour}${minute}00-${i.toString(16).padStart(4, '0')}`
    let prev = hash('sha256', '', 'hex')
    const lines = templates[i % templates.length].map(line => {
      const { hash: _, ...entry } = { ...JSON.parse(line), run, prev }
      prev = hash('sha256', prev + canonical(entry), 'hex')
      const { seq, at, type, goal, data } = entry
      return JSON.stringify({ seq, at, type, run, goal, data, prev: entry.prev, hash: prev })
    })
    writeFileSync(join(into, `${run}.jsonl`), `${lines.join('\n')}\n`)
  }
}

function canonical(value) {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  const names = Object.keys(value).filter(name => value[name] !== undefined)
  return `{${names
    .sort()
    .map(name => `${JSON.stringify(name)}:${canonical(value[name])}`)
    .join(',')}}`
}
