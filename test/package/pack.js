import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Builds into a folder of its own, without what earlier builds left, and packs what `npm publish` would send.
 * @returns the tarball, its size in bytes, and its files
 */
export function packFresh(folder) {
  const from = join(folder, 'source')
  mkdirSync(from, { recursive: true })
  for (const name of ['package.json', '.npmignore', 'README.md', 'LICENSE', 'bin', 'test']) {
    cpSync(join(root, name), join(from, name), { recursive: true })
  }
  const rolldown = join(root, 'node_modules', 'rolldown', 'bin', 'cli.mjs')
  execFileSync(process.execPath, [rolldown, '-c', '-d', join(from, 'dist')], { cwd: root, stdio: 'ignore' })
  const made = [join(from, 'bin', 'k1ctl.js'), 'man', '--folder', join(from, 'man'), '--quiet']
  execFileSync(process.execPath, made, { env: { ...process.env, K1CTL_HOME: join(folder, 'home') } })
  const said = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: from,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [packed] = JSON.parse(said)
  return {
    source: from,
    tarball: join(folder, packed.filename),
    size: packed.size,
    files: packed.files.map(({ path }) => path).sort(),
  }
}
