import { K1Error } from '../core/errors.ts'
import { quoted } from '../core/shell.ts'
import { changeModule } from './change.ts'
import type { Context, GroupSpec } from './command.ts'
import { toggles } from './features.ts'
import { chooseMapping, chooseModule } from './module-choice.ts'
import { withModule } from './show.ts'

export const accessGroupsCommand: GroupSpec = {
  name: 'access-groups',
  summary: 'KaseyaOne groups mapped to roles of a module',
  details: 'Members of a mapped KaseyaOne group get the roles that it is mapped to.',
  examples: [
    'k1ctl access-groups list bms',
    'k1ctl access-groups map bms Technicians --role Technician',
    'k1ctl access-groups enable bms',
  ],
  commands: [
    ...toggles('access-groups', 'access-groups', 'Access Groups', {}, ['bms', 'bms']),
    {
      name: 'list',
      args: '<module>',
      summary: 'list KaseyaOne groups and the roles that they are mapped to',
      takes: ['tenant', 'list'],
      examples: ['k1ctl access-groups list bms', 'k1ctl access-groups list bms --output csv'],
      run: list,
    },
    {
      name: 'map',
      args: '[module] [group]',
      summary: 'map a KaseyaOne group to exactly these roles',
      options: [{ flags: '--role <name>', summary: 'a role of the module, by name or id (repeatable)', repeat: true }],
      takes: ['tenant', 'fleet', 'change', 'output'],
      details: 'What is not named is asked for at a terminal, from lists of what there is.',
      examples: [
        'k1ctl access-groups map bms Technicians --role Technician --role Employee',
        'k1ctl access-groups map bms    # asks for group and roles, at a terminal',
      ],
      async run(context) {
        const { words, output } = context
        const module = await chooseModule(context, 'access-groups')
        const given = { group: words.arg(1), roles: words.list('role') }
        const isWhole = given.group !== undefined && given.roles.length > 0
        const { group, roles } =
          isWhole || !output.canAsk || words.flag('allTenants') ? given : await chooseMapping(context, module, given)
        if (group === undefined) throw new K1Error('usage', 'The group is missing.')
        if (roles.length === 0) {
          throw new K1Error('usage', 'No role is named.', {
            hint: `Add --role NAME. To take it off: k1ctl access-groups unmap ${module} ${quoted(group)}`,
          })
        }
        return changeModule(context, module, { kind: 'map', group, roles })
      },
    },
    {
      name: 'unmap',
      args: '<module> <group>',
      summary: 'end the mapping of a KaseyaOne group',
      takes: ['tenant', 'fleet', 'change', 'output'],
      examples: ['k1ctl access-groups unmap bms Technicians'],
      run: context =>
        changeModule(context, context.words.required(0, 'The module'), {
          kind: 'unmap',
          group: context.words.required(1, 'The group'),
        }),
    },
  ],
}

async function list(context: Context): Promise<number> {
  await withModule(context, 'access-groups', async (access, tenant) => {
    const [reading, groups] = await Promise.all([access.read(), access.groups()])
    const known = new Map([...groups, ...reading.mappings.map(m => m.group)].map(g => [g.id, g]))
    const rows = [...known.values()].map(group => ({
      tenant,
      group: group.name,
      id: group.id,
      roles: reading.mappings.find(m => m.group.id === group.id)?.roles ?? [],
    }))
    await context.output.records(
      rows,
      [
        { title: 'Group', cell: r => r.group },
        { title: 'Roles', cell: r => (r.roles.length > 0 ? r.roles.map(role => role.name).join(', ') : 'not mapped') },
        { title: 'Id', cell: r => r.id },
        { title: 'Tenant', cell: r => r.tenant, wide: true },
      ],
      'KaseyaOne has no groups for this module.',
    )
    context.output.say(`Access Groups is ${reading.on['access-groups'] ? 'on' : 'off'}.`)
  })
  return 0
}
