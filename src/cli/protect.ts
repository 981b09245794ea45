import type { CommandSpec, GroupSpec } from './command.ts'

const tenantOption = { flags: '-t, --tenant <name>', summary: 'in this tenant alone (else in every tenant)' } as const

interface ProtectedView {
  person: string
  /** Null: in every tenant. */
  tenant: string | null
  reason: string | null
}

const list: CommandSpec = {
  name: 'list',
  summary: 'list whom nothing may touch',
  options: [tenantOption],
  takes: ['list'],
  examples: ['k1ctl protect list', "k1ctl protect list --tenant 'Northwind Dental' --json"],
  async run({ app, words, output }) {
    const config = await app.config()
    const tenant = words.text('tenant')?.toLowerCase()
    const rows = config
      .protectedPeople()
      .filter(p => tenant === undefined || p.tenant === undefined || p.tenant.toLowerCase() === tenant)
      .map((p): ProtectedView => ({ person: p.person, tenant: p.tenant ?? null, reason: p.reason ?? null }))
    await output.records(
      rows,
      [
        { title: 'Person', cell: r => r.person },
        { title: 'Tenant', cell: r => r.tenant ?? 'every tenant' },
        { title: 'Reason', cell: r => r.reason ?? '' },
      ],
      'Nobody is protected. Protect break-glass, sync and service accounts: k1ctl protect add <person>',
    )
    return 0
  },
}

const add: CommandSpec = {
  name: 'add',
  args: '<person>',
  summary: 'never touch this person: an e-mail or a log-in, exactly',
  details: 'Upper and lower case make no difference. A person who is protected already gets the new reason.',
  options: [{ flags: '--reason <text>', summary: 'why; shown when somebody tries' }, tenantOption],
  takes: ['output'],
  examples: [
    "k1ctl protect add break-glass@customer.example --reason 'the way back in'",
    "k1ctl protect add svc-sync --tenant 'Northwind Dental' --reason 'directory sync'",
  ],
  async run({ app, words, output }) {
    const person = words.required(0, 'The person')
    const [tenant, reason] = [words.text('tenant'), words.text('reason')]
    const config = await app.config()
    await config.protect({
      person,
      ...(tenant === undefined ? {} : { tenant }),
      ...(reason === undefined ? {} : { reason }),
    })
    const name = tenant === undefined ? null : (config.tenant(tenant)?.name ?? tenant)
    if (output.forMachine) output.json({ person: person.trim(), tenant: name, reason: reason?.trim() || null })
    else output.say(`${person.trim()} is protected in ${name ?? 'every tenant'}.`)
    return 0
  },
}

const remove: CommandSpec = {
  name: 'remove',
  args: '<person>',
  summary: 'take the protection away',
  details: 'Nothing is done to the person. Without --tenant it removes the protection that is for every tenant.',
  options: [tenantOption],
  takes: ['output'],
  examples: [
    'k1ctl protect remove break-glass@customer.example',
    "k1ctl protect remove svc-sync --tenant 'Northwind Dental'",
  ],
  async run({ app, words, output }) {
    const person = words.required(0, 'The person').trim()
    const tenant = words.text('tenant')
    const config = await app.config()
    await config.unprotect(person, tenant)
    const name = tenant === undefined ? null : (config.tenant(tenant)?.name ?? tenant)
    if (output.forMachine) output.json({ person, tenant: name, removed: true })
    else output.say(`${person} is no longer protected in ${name ?? 'every tenant'}.`)
    return 0
  },
}

export const protect: GroupSpec = {
  name: 'protect',
  summary: 'people whom an offboarding never touches',
  details: 'For break-glass, sync and service accounts. Kept on this machine, for every tenant or for one.',
  examples: [
    "k1ctl protect add break-glass@customer.example --reason 'the way back in'",
    'k1ctl protect list',
    'k1ctl protect remove break-glass@customer.example',
  ],
  commands: [list, add, remove],
}
