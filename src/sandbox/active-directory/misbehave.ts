import { Access } from './access.ts'
import type { Outcome } from './answer.ts'
import type { DomainController } from './controller.ts'
import { codes } from './ldap-fault.ts'
import type { Operation } from './request.ts'
import { hasClass, type Tree, textOf } from './tree.ts'

/** So long another controller has not heard of a change. */
const lagMs = 2_000

/** What a quirk makes of an operation in place of the directory; null where nothing strikes. */
export function misbehave(controller: DomainController, operation: Operation): Outcome | null {
  const { quirks, tree } = controller
  if (!['search', 'modify', 'modify-dn', 'delete'].includes(operation.kind)) return null
  if (quirks.strikes('busy', 4)) return { code: codes.busy, message: '000020D9: SvcErr: problem 5001 (BUSY), data 0' }
  if (operation.kind === 'modify' && quirks.has('groupProtected')) {
    const entry = tree.find(operation.dn)
    if (entry && hasClass(entry, 'group') && textOf(entry, 'cn') === 'Staff') {
      return { code: codes.insufficientAccessRights, message: '00002098: SecErr: problem 4003 (INSUFF_ACCESS_RIGHTS)' }
    }
  }
  return null
}

/** Keeps what was there before a change, for as long as another controller may show it. */
export function rememberBefore(controller: DomainController): void {
  if (!controller.quirks.has('staleReplica')) return
  controller.before.push({ at: controller.deps.now().getTime(), tree: controller.tree.copy() })
}

/** The controller that a search meets. */
export function controllerOf(controller: DomainController): DomainController {
  const since = controller.deps.now().getTime() - lagMs
  const old = controller.before.find(({ at }) => at > since)
  return old === undefined ? controller : asOf(controller, old.tree)
}

function asOf(controller: DomainController, tree: Tree): DomainController {
  const access = new Access(tree)
  for (const right of controller.access.withheld) access.withheld.add(right)
  return Object.create(controller, { tree: { value: tree }, access: { value: access } }) as DomainController
}
