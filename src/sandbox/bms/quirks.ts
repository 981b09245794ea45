import type { QuirkSwitches } from '../quirk-switches.ts'
import type { Quirk } from '../simulator.ts'

/** How BMS may misbehave where its contract leaves it free: all off until `POST control/quirks {name: true}`. */
export const bmsQuirks = [
  {
    name: 'idsFindNobody',
    source: 'api.bms.kaseya.com/swagger, GET /v2/hr/employees/searchselect: whom Filter.Ids covers is said nowhere',
    what: 'Nobody is found by number.',
  },
  {
    name: 'quotaSpent',
    source: 'api.bms.kaseya.com/swagger: 1,500 requests an hour and endpoint, without headers that tell of it',
    what: 'Every third request is refused with 429, "API calls quota exceeded".',
  },
  {
    name: 'failsInside',
    source: 'api.bms.kaseya.com/swagger: only 200 is declared, and Success tells',
    what: 'Every fourth look at employees is answered with 200, and says inside that it failed.',
  },
  {
    name: 'otherSpelling',
    source: 'api.bms.kaseya.com/swagger: some members are in camelCase, the rest in PascalCase',
    what: 'All members are in camelCase, and what does not apply is null.',
  },
  {
    name: 'inactiveUnlisted',
    source: 'api.bms.kaseya.com/swagger, GET /v2/hr/employees/searchselect: Filter.IsActive, without its default',
    what: 'Without Filter.IsActive only active employees are found.',
  },
] as const satisfies readonly Quirk[]

export type BmsQuirks = QuirkSwitches<(typeof bmsQuirks)[number]['name']>
