import type { GroupSpec } from './command.ts'
import { accept } from './posture-accept.ts'
import { apply } from './posture-apply.ts'
import { check } from './posture-check.ts'
import { exportPosture } from './posture-export.ts'
import { report } from './posture-report.ts'
import { schema } from './posture-schema.ts'

export const posture: GroupSpec = {
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
  commands: [exportPosture, check, apply, accept, report, schema],
}
