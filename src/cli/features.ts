import type { FeatureKey } from '../core/features.ts'
import { changeModule } from './change.ts'
import type { CommandSpec, GroupSpec, OptionSpec } from './command.ts'
import { showFeature } from './show.ts'

/** `enable`, `disable` and `show` of one feature; the group's own file adds what only it has. */
export function toggles(
  noun: string,
  feature: FeatureKey,
  what: string,
  enable: { options?: readonly OptionSpec[]; examples?: readonly string[]; details?: string } = {},
  /** Of the examples: a module that has the feature, by id and by a shorter name. */
  [module, alias] = ['datto-partner-portal', 'dpp'],
): CommandSpec[] {
  return [
    {
      name: 'enable',
      args: '<module>',
      summary: `turn ${what} on`,
      ...(enable.details ? { details: enable.details } : {}),
      options: enable.options ?? [],
      takes: ['tenant', 'fleet', 'change', 'output'],
      examples: [
        `k1ctl ${noun} enable ${module} --dry-run`,
        ...(enable.examples ?? [`k1ctl ${noun} enable ${alias} --yes`]),
      ],
      run: context =>
        changeModule(context, context.words.required(0, 'The module'), {
          kind: 'feature',
          feature,
          on: true,
          exceptUsers: context.words.list('except'),
          exceptRoles: context.words.list('role'),
        }),
    },
    {
      name: 'disable',
      args: '<module>',
      summary: `turn ${what} off`,
      takes: ['tenant', 'fleet', 'change', 'output'],
      examples: [`k1ctl ${noun} disable ${module}`, `k1ctl ${noun} disable ${alias} --tenant 'Northwind Dental' --yes`],
      run: context =>
        changeModule(context, context.words.required(0, 'The module'), { kind: 'feature', feature, on: false }),
    },
    {
      name: 'show',
      args: '<module>',
      summary: `show whether ${what} is on`,
      takes: ['tenant', 'fleet', 'list'],
      examples: [`k1ctl ${noun} show bms`, `k1ctl ${noun} show bms --all-tenants --output csv`],
      run: context => showFeature(context, feature),
    },
  ]
}

export const unifiedLoginCommand: GroupSpec = {
  name: 'unified-login',
  summary: 'Log In with KaseyaOne',
  details: 'Maps a module to your KaseyaOne organization. Every other feature needs it first.',
  examples: ['k1ctl unified-login show bms', 'k1ctl unified-login enable graphus'],
  commands: toggles('unified-login', 'log-in', 'Log In with KaseyaOne'),
}

export const deprovisioningCommand: GroupSpec = {
  name: 'deprovisioning',
  summary: 'Automatic User Deprovisioning',
  details: 'People who are deactivated or deleted in KaseyaOne lose their account in the module.',
  examples: ['k1ctl deprovisioning show graphus', 'k1ctl deprovisioning enable graphus'],
  commands: toggles('deprovisioning', 'deprovisioning', 'Automatic User Deprovisioning'),
}
