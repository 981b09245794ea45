import { jsonText } from '../core/json.ts'
import type { CommandSpec } from './command.ts'
import { moduleAbouts } from './posture-file.ts'

export const schemaCommand: CommandSpec = {
  name: 'schema',
  summary: 'the shape of the file, as JSON Schema: an editor then completes and checks it',
  details:
    'In an editor with a YAML language server, begin the file with:\n' +
    '  # yaml-language-server: $schema=./posture.schema.json',
  takes: ['query'],
  examples: ['k1ctl posture schema > posture.schema.json'],
  async run(context) {
    const { jsonSchemaOf } = await import('../posture-file/json-schema.ts')
    context.output.machine(`${jsonText(jsonSchemaOf(await moduleAbouts(context)), 2)}\n`)
    return 0
  },
}
