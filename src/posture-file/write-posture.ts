import { Document } from 'yaml'
import { printable } from '../core/printable.ts'
import type { ModuleExport } from '../posture/export.ts'

/** What modules are set to, as a posture file that fits them: tenant by tenant, names and no ids. */
export function writePosture(modules: readonly ModuleExport[], made: string): string {
  const tenants = new Map<string, { rules: Record<string, unknown>; remarks: string[] }>()
  for (const one of modules) {
    const tenant = tenants.get(one.tenant) ?? { rules: {}, remarks: [] }
    if ('why' in one) tenant.remarks.push(` ${one.system}: ${printable(one.why)}`)
    else if (Object.keys(one.features).length > 0) tenant.rules[one.system] = shapeOf(one.features)
    tenants.set(one.tenant, tenant)
  }
  const document = new Document({ tenants: Object.fromEntries([...tenants].map(([name, { rules }]) => [name, rules])) })
  document.commentBefore = ` ${printable(made)}\n What this file does not mention is not touched.`
  const all = document.get('tenants')
  for (const [name, { remarks }] of tenants) {
    const node = isMapLike(all) ? all.items.find(({ key }) => String(key) === name)?.key : undefined
    if (node && remarks.length > 0) node.commentBefore = [' Not read:', ...remarks].join('\n')
  }
  return document.toString({ lineWidth: 0 })
}

interface Pairs {
  items: { key: { commentBefore?: string | null } }[]
}

function isMapLike(value: unknown): value is Pairs {
  return typeof value === 'object' && value !== null && 'items' in value
}

/** A feature that has no more to say than on or off is one word. */
function shapeOf(features: Extract<ModuleExport, { features: unknown }>['features']): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(features).map(([feature, { state, ...more }]) => [
      feature,
      Object.keys(more).length === 0 ? state : { state, ...more },
    ]),
  )
}
