// Everything that has a limit, one after the other, each whatever became of the others. Exit 1 when one is over.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const benches = [
  ['Start-up', 'start-up.js'],
  ['Calls of one leaver', 'calls.js'],
  ['Calls of one leaver, every answer 150 ms late', 'calls.js', '--delay', '150'],
]

for (const [title, file, ...words] of benches) {
  process.stdout.write(`\n== ${title}\n`)
  const { status } = spawnSync(process.execPath, [fileURLToPath(new URL(file, import.meta.url)), ...words], {
    stdio: 'inherit',
  })
  if (status !== 0) process.exitCode = 1
}
