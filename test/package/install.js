// Installs the packed tarball into an empty folder, as a user would, on each Node that is supported, and runs it there.
// --nodes 20,22,24,26
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { optionOf } from '../kill/stage.js'
import { packFresh } from './pack.js'

const run = promisify(execFile)
const nodes = optionOf('nodes', '20,22,24,26').split(',')
const folder = mkdtempSync(join(tmpdir(), 'k1ctl-install-'))
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

try {
  const { tarball, size, files } = packFresh(folder)
  console.log(`${files.length} files, ${(size / 1e6).toFixed(2)} MB packed`)
  for (const major of nodes) await tryOn(major, tarball)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function tryOn(major, tarball) {
  const begun = performance.now()
  const [home, empty] = ['home', 'empty'].map(name => join(folder, `${name}-${major}`))
  for (const path of [home, empty]) mkdirSync(path)
  const node = await nodeOf(major)
  // Nothing of this checkout is in reach: another folder, and an environment of its own.
  const env = {
    PATH: `${join(node, '..')}:${process.env.PATH}`,
    HOME: home,
    K1CTL_HOME: join(home, 'k1ctl'),
    NO_COLOR: '1',
  }
  for (const name of [
    'npm_config_registry',
    'NPM_CONFIG_USERCONFIG',
    'HTTPS_PROXY',
    'https_proxy',
    'NODE_EXTRA_CA_CERTS',
  ])
    if (process.env[name]) env[name] = process.env[name]
  const options = { cwd: empty, env, maxBuffer: 64 * 1024 * 1024, timeout: 300_000 }
  const npm = realpathSync((await run('which', ['npm'])).stdout.trim())
  await run(node, [npm, 'install', '--engine-strict', '--no-audit', '--no-fund', tarball], options)
  const packages = readdirSync(join(empty, 'node_modules')).filter(name => !name.startsWith('.'))
  const k1ctl = (...words) => run(node, [join(empty, 'node_modules', '.bin', 'k1ctl'), ...words], options)
  const said = (await k1ctl('--version')).stdout.trim()
  if (said !== version) throw new Error(`Node ${major}: --version says ${said}`)
  const { stdout } = await k1ctl('demo')
  if (stdout.length < 2_000) throw new Error(`Node ${major}: the demo says ${stdout}`)
  const { stdout: runtime } = await run(node, ['--version'], options)
  const seconds = ((performance.now() - begun) / 1000).toFixed(0)
  console.log(`${runtime.trim()}: installed (${packages.join(', ')}), k1ctl ${said}, demo ran; ${seconds} s`)
}

/** The program of that major version, fetched by npx. */
async function nodeOf(major) {
  const words = ['--yes', '-p', `node@${major}`, '--', 'node', '-p', 'process.execPath']
  return (await run('npx', words, { cwd: folder, timeout: 300_000 })).stdout.trim()
}
