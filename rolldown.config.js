// Bundles src into dist as split ESM: a command loads what it needs when it runs, and users install no dependency but
// the keyring's native library. The licences of what is bundled go along.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'rolldown'

const { version } = JSON.parse(readFileSync('package.json', 'utf8'))

export default defineConfig({
  input: { main: 'src/main.ts' },
  platform: 'node',
  external: ['@napi-rs/keyring'],
  transform: { define: { k1ctlVersion: JSON.stringify(version) } },
  plugins: [licences()],
  output: { dir: 'dist', format: 'esm', minify: true, cleanDir: true, chunkFileNames: '[name]-[hash].js' },
})

function licences() {
  return {
    name: 'licences',
    generateBundle(_options, bundle) {
      const modules = Object.values(bundle).flatMap(chunk => ('moduleIds' in chunk ? chunk.moduleIds : []))
      const folders = [...new Set(modules.flatMap(packageFolder))].sort()
      this.emitFile({ type: 'asset', fileName: 'LICENSES.txt', source: folders.map(licenceOf).join('\n\n') })
    },
  }
}

function packageFolder(id) {
  return /.*node_modules\/(@[^/]+\/[^/]+|[^/]+)/.exec(id)?.slice(0, 1) ?? []
}

function licenceOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const file = readdirSync(folder).find(f => /^licen[cs]e/i.test(f))
  const text = file ? readFileSync(join(folder, file), 'utf8').trim() : ''
  return `${name} ${version} (${license})\n\n${text}`
}
