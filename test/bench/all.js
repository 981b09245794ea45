// Everything that has a limit, one after the other, each whatever became of the others. Exit 1 when one is over twice:
// counts are the same each time, and a time that something else on the machine has spoiled is measured once more.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const benches = [
  ['Start-up', 'start-up.js'],
  ['Calls of one leaver', 'calls.js'],
  ['Calls of one leaver, every answer 150 ms late', 'calls.js', '--delay', '150'],
]

for (const [title, file, ...words] of benches) {
  process.stdout.write(`\n== ${title}\n`)
  const script = fileURLToPath(new URL(file, import.meta.url))
  const isWithin = () => spawnSync(process.execPath, [script, ...words], { stdio: 'inherit' }).status === 0
  if (isWithin()) continue
  process.stdout.write(`\n== ${title}, once more\n`)
  if (!isWithin()) process.exitCode = 1
}
