import type { GroupSpec } from './command.ts'
import { acceptCommand } from './posture-accept.ts'
import { applyCommand } from './posture-apply.ts'
import { checkCommand } from './posture-check.ts'
import { exportPostureCommand } from './posture-export.ts'
import { reportCommand } from './posture-report.ts'
import { schemaCommand } from './posture-schema.ts'

export const postureCommand: GroupSpec = {
  name: 'posture',
  summary: 'hold every tenant to one file: check, apply, accept, report',
  details:
    'The file says which features are on in which module, for all tenants (defaults), for some (groups) and for one ' +
    '(tenants); what it does not mention is not touched. See k1ctl posture schema.',
  examples: [
    'k1ctl posture export --all-tenants > posture.yaml',
    'k1ctl posture check -f posture.yaml --all-tenants',
    'k1ctl posture apply -f posture.yaml --all-tenants --dry-run',
  ],
  commands: [exportPostureCommand, checkCommand, applyCommand, acceptCommand, reportCommand, schemaCommand],
}
