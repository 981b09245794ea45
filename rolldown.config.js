// Bundles src into dist as split ESM: a command loads what it needs when it runs, and users install no dependency but
// the keyring's native library. The licences of what is bundled go along.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { defineConfig } from 'rolldown'

const { version } = JSON.parse(readFileSync('package.json', 'utf8'))

export default defineConfig({
  input: { main: 'src/main.ts' },
  platform: 'node',
  // DBOS Transact is for whoever runs a team's worker, who installs it.
  external: ['@napi-rs/keyring', /^@dbos-inc\/dbos-sdk/],
  transform: { define: { k1ctlVersion: JSON.stringify(version) } },
  plugins: [plainProcess(), pages(), jq(), licences(), lightBase()],
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
        {
          // What every call needs, which is no schema: the library that reads them costs more than all of this.
          name: 'base',
          priority: 3,
          test: /src[\\/](core[\\/](?!goal\.|kept-settings|ledger-shape)[a-z-]+|make-app|cli[\\/](run|explain-at-once)|systems[\\/]pages|store[\\/](home|private-file|regular-file|replace-file|storage-error|preferences))\.ts$|node_modules[\\/]fastest-levenshtein/,
        },
        {
          name: 'systems',
          priority: 2,
          test: /src[\\/]systems[\\/]((?!pages\.)[a-z-]+|[a-z0-9-]+[\\/](about|index))\.ts$/,
        },
        {
          name: 'command',
          priority: 2,
          test: /src[\\/](cli[\\/](program|option-sets|words|output|output-filter|tenant-choice|spinner)|render[\\/](records|csv|table|style))\.ts$/,
        },
        {
          name: 'config',
          priority: 1,
          test: /src[\\/]store[\\/](config-[a-z]+|nearest|protected-people)\.ts$/,
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

/** `./README.md?raw` is that file as text, as Vite has it, too. */
function pages() {
  const suffix = '.md?raw'
  return {
    name: 'pages',
    resolveId: (id, importer) => (importer && id.endsWith(suffix) ? join(dirname(importer), id) : null),
    load: id =>
      id.endsWith(suffix)
        ? {
            code: `export default ${JSON.stringify(readFileSync(id.slice(0, -'?raw'.length), 'utf8'))}`,
            moduleType: 'js',
          }
        : null,
  }
}

/** Where `jq-wasm` looks for it: in a folder beside its own module. */
function jq() {
  return {
    name: 'jq',
    generateBundle() {
      const source = readFileSync(join('node_modules', 'jq-wasm', 'dist', 'build', 'jq.wasm'))
      this.emitFile({ type: 'asset', fileName: 'build/jq.wasm', source })
    },
  }
}

/** What every call needs grows unseen when one of its files takes in a library: then the build says so. */
function lightBase() {
  return {
    name: 'light-base',
    generateBundle(_options, bundle) {
      for (const { name, moduleIds = [] } of Object.values(bundle)) {
        const heavy =
          name === 'base' ? moduleIds.find(id => /node_modules\/(?!fastest-levenshtein)/.test(id)) : undefined
        if (heavy) throw new Error(`Every call would load ${heavy}: leave what imports it out of the group "base".`)
      }
    },
  }
}

function licences() {
  return {
    name: 'licences',
    generateBundle(_options, bundle) {
      const modules = Object.values(bundle).flatMap(chunk => ('moduleIds' in chunk ? chunk.moduleIds : []))
      const folders = [...new Set(modules.flatMap(packageFolder))].sort()
      this.emitFile({
        type: 'asset',
        fileName: 'LICENSES.txt',
        source: noticeOf([...folders.map(licenceOf), jqLicence()]),
      })
    },
  }
}

function packageFolder(id) {
  return /.*node_modules\/(@[^/]+\/[^/]+|[^/]+)/.exec(id)?.slice(0, 1) ?? []
}

/** One text for all that have the same, with their names above it. */
function noticeOf(licences) {
  const texts = new Map()
  for (const { title, text } of licences) texts.set(text, [...(texts.get(text) ?? []), title])
  return `${[...texts].map(([text, titles]) => `${titles.join('\n')}\n\n${text}`).join(`\n\n${'-'.repeat(80)}\n\n`)}\n`
}

function licenceOf(folder) {
  const { name, version, license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const text = textIn(folder) ?? standardText(license, author)
  if (text === undefined) throw new Error(`${name} brings no text of its licence (${license}).`)
  return { title: `${name} ${version} (${license})`, text }
}

/** jq is inside `jq-wasm`, whose version ends with that of jq. */
function jqLicence() {
  const { version } = JSON.parse(readFileSync(join('node_modules', 'jq-wasm', 'package.json'), 'utf8'))
  return { title: `jq ${version.replace(/.*-jq-/, '')} (MIT)`, text: readFileSync('licences/jq.txt', 'utf8').trim() }
}

/** A file of its own, and what its NOTICE says; else what the page about it says. */
function textIn(folder) {
  const files = readdirSync(folder)
  const [file, notice] = [/^licen[cs]e/i, /^notice/i].map(name => files.find(f => name.test(f)))
  const read = name => readFileSync(join(folder, name), 'utf8').trim()
  if (file) return [file, notice].filter(Boolean).map(read).join('\n\n')
  const page = files.find(f => /^readme/i.test(f))
  return page && /^(?:#+ *)?licen[cs]e\b[\s\S]*permission is hereby granted[\s\S]*/im.exec(read(page))?.[0]
}

/** Some packages only name their licence. Both texts lie here: one beside the AWS SDK, the other is that of k1ctl too. */
function standardText(license, author) {
  if (license === 'Apache-2.0') return textIn('node_modules/@aws-sdk/core')
  if (license !== 'MIT' || !author) return undefined
  return readFileSync('LICENSE', 'utf8')
    .trim()
    .replace(/^Copyright .*$/m, `Copyright (c) ${author.name ?? author}`)
}
