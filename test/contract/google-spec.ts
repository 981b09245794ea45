import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { specFile } from './validating-mock.ts'

const names = ['google-directory-v1', 'google-datatransfer-v1', 'google-licensing-v1'] as const
const document = z.looseObject({
  paths: z.record(z.string(), z.unknown()),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
})

export interface GoogleSpec {
  /** One OpenAPI document: the three that Google publishes separately. */
  file: string
  remove(): void
}

/** Null where the published contracts are not beside this clone. */
export function googleSpec(): GoogleSpec | null {
  const files = names.map(name => specFile(`${name}.openapi.json`))
  const found = files.flatMap(file => (file === null ? [] : [file]))
  if (found.length < names.length) return null
  const merged = { openapi: '3.0.3', paths: {}, components: { schemas: {} } }
  for (const [index, file] of found.entries()) {
    // The three may use one name for different things.
    const text = readFileSync(file, 'utf8').replaceAll('#/components/schemas/', `#/components/schemas/Part${index}`)
    const { paths, components } = document.parse(JSON.parse(text))
    Object.assign(merged.paths, paths)
    const renamed = Object.entries(components.schemas).map(([name, schema]) => [`Part${index}${name}`, schema])
    Object.assign(merged.components.schemas, Object.fromEntries(renamed))
  }
  const folder = mkdtempSync(join(tmpdir(), 'k1ctl-google-'))
  const file = join(folder, 'google.openapi.json')
  writeFileSync(file, JSON.stringify(merged))
  return { file, remove: () => rmSync(folder, { recursive: true }) }
}
