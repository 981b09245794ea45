import { quoted } from '../core/shell.ts'

const value = "(?: |=)(?:'(?:[^']|'\\\\'')*'|\\S+)"

/** The call that was made, without what is about its time, and without consent. */
export function withoutTime(command: string): string {
  return command
    .replace(new RegExp(` (?:--at|--zone|--if-changed|--if-late)${value}`, 'g'), '')
    .replace(/ (?:--yes|-y)\b/g, '')
}

/** The call that was made, with the time that it has by now. @param at as `--at` takes it */
export function withTime(command: string, { at, zone }: { at: string; zone: string }): string {
  const bare = command.replace(new RegExp(` (?:--at|--zone|--date-column)${value}`, 'g'), '')
  return `${bare} --at '${at}' --zone ${zone}`
}

/** The same for whoever has another tenant chosen: it names its one tenant. What names tenants itself is left. */
export function withTenant(command: string, tenants: readonly string[]): string {
  const [only, second] = tenants
  const isNamed = / (?:-t|--tenants?|--all-tenants|--plan)/.test(command.replace(/'(?:[^']|'\\'')*'/g, "''"))
  return only === undefined || second !== undefined || isNamed ? command : `${command} --tenant ${quoted(only)}`
}
