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
  plugins: [plainProcess(), licences()],
  output: {
    dir: 'dist',
    format: 'esm',
    minify: true,
    cleanDir: true,
    chunkFileNames: '[name]-[hash].js',
    // Opening a file costs more than reading its few kilobytes: what is needed together lies together.
    codeSplitting: {
      groups: [
        { name: 'help', priority: 4, test: /src[\\/]cli[\\/](root-help|entries)\.ts$/ },
        { name: 'base', priority: 3, test: /src[\\/](core[\\/][a-z-]+|make-app|cli[\\/]run)\.ts$/ },
        {
          name: 'command',
          priority: 2,
          test: /src[\\/](cli[\\/](program|option-sets|words|output|tenant-choice|spinner)|render[\\/](records|csv|table|style))\.ts$/,
        },
        {
          name: 'config',
          priority: 1,
          test: /src[\\/]store[\\/](home|config-[a-z]+|private-file|storage-error|nearest|protected-people)\.ts$/,
        },
      ],
    },
  },
})

/** The named ones are what the AWS credential chain takes. */
const processSource = 'export default globalThis.process\nexport const { env, versions } = globalThis.process'

/** Importing `node:process` reads every property of it, and so opens stdin, stdout and stderr; the global does not. */
function plainProcess() {
  return {
    name: 'plain-process',
    resolveId: (id, importer) => {
      if (id === 'node:process' || id === 'process') return '\0process'
      // Only for subcommands that are programs of their own, which we have none of.
      return id === 'node:child_process' && importer?.includes('commander') ? '\0nothing' : null
    },
    load: id => ({ '\0process': processSource, '\0nothing': 'export default {}' })[id] ?? null,
  }
}

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
