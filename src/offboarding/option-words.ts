import { quoted } from '../core/shell.ts'
import type { OffboardOptions } from './options.ts'
import type { Unit } from './unit.ts'

/** The call for one person again, with all that was asked of it: a hint must not widen what somebody agreed to. */
export function callFor({ person, tenant, reason, ticket, successor }: Unit, options: OffboardOptions): string {
  const own = {
    ...options,
    reason: reason ?? options.reason,
    ticket: ticket ?? options.ticket,
    successor: successor ?? options.successor,
  }
  return ['k1ctl offboard', quoted(person), `--tenant ${quoted(tenant)}`, ...optionWords(own)].join(' ')
}

/** As they are typed; what is the default is left out. */
export function optionWords(options: OffboardOptions): string[] {
  const { successor, reason, ticket, noteIn, only, except, devices, waitMs } = options
  const valued = (flag: string, value: string | null | undefined) => (value == null ? [] : [`${flag} ${quoted(value)}`])
  return [
    ...(options.delete ? ['--delete'] : []),
    ...valued('--successor', successor),
    ...(options.cancelMeetings ? ['--cancel-meetings'] : []),
    ...(devices === 'release' ? [] : [`--devices ${devices}`]),
    ...only.map(system => `--only ${quoted(system)}`),
    ...except.map(system => `--except ${quoted(system)}`),
    ...(options.restAnyway ? ['--rest-anyway'] : []),
    ...(options.blockAnyway ? ['--block-anyway'] : []),
    ...valued('--reason', reason),
    ...valued('--ticket', ticket),
    ...valued('--ticket-note', noteIn),
    ...(waitMs === 60_000 ? [] : [`--wait ${waitMs / 1_000}`]),
  ]
}
