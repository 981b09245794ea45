import type { Directory } from '../directory.ts'
import type { SimulatedRequest } from '../simulator.ts'
import { securityRoles } from './catalogue.ts'
import type { Company, Mapping } from './company.ts'
import { type Reply, refusal, success } from './envelope.ts'
import { type Input, idIn, idsIn, readInput, type Shape, textIn } from './input.ts'

const required: Shape['required'] = { AccessGroupId: 'text', AccessGroupName: 'text', SecurityRoleIds: 'ids' }
const postShape: Shape = { required, optional: { Order: 'id' } }
const putShape: Shape = { required: { ...required, Order: 'id' }, optional: {} }

/** KaseyaOne groups; a company that is not linked sees none. */
export function listGroups(company: Company, directory: Directory): Reply {
  const groups = company.organizationId === null ? [] : directory.groups(company.tenantId)
  return success(groups.map(({ id, name }) => ({ Id: id, Name: name })))
}

export function listMappings(company: Company): Reply {
  return success([...company.mappings].sort((a, b) => a.order - b.order).map(output))
}

export function createMapping(company: Company, request: SimulatedRequest, directory: Directory): Reply {
  const read = readInput(request, postShape)
  if ('refused' in read) return read.refused
  const { input } = read
  const taken = company.mappings.some(({ groupId }) => groupId === textIn(input, 'AccessGroupId'))
  const wrong = taken ? 'The access group is already mapped.' : wrongMapping(company, input, directory)
  if (wrong !== null) return refusal(wrong, 1201)
  const last = Math.max(0, ...company.mappings.map(({ order }) => order))
  const id = Math.max(company.number * 100, ...company.mappings.map(mapping => mapping.id)) + 1
  const mapping = mappingFrom(id, input, 'Order' in input ? idIn(input, 'Order') : last + 1)
  company.mappings.push(mapping)
  return success(output(mapping))
}

export function replaceMapping(company: Company, id: number, request: SimulatedRequest, directory: Directory): Reply {
  const read = readInput(request, putShape)
  if ('refused' in read) return read.refused
  const { input } = read
  const index = company.mappings.findIndex(mapping => mapping.id === id)
  if (index < 0) return refusal('The mapping was not found.', 1202)
  const taken = company.mappings.some(other => other.id !== id && other.groupId === textIn(input, 'AccessGroupId'))
  const wrong = taken ? 'The access group is already mapped.' : wrongMapping(company, input, directory)
  if (wrong !== null) return refusal(wrong, 1201)
  const mapping = mappingFrom(id, input, idIn(input, 'Order'))
  company.mappings[index] = mapping
  return success(output(mapping))
}

/** The contract declares no body for this answer. */
export function deleteMapping(company: Company, id: number): Reply {
  const left = company.mappings.filter(mapping => mapping.id !== id)
  if (left.length === company.mappings.length) return refusal('The mapping was not found.', 1202)
  company.mappings = left
  return { status: 200 }
}

function wrongMapping(company: Company, input: Input, directory: Directory): string | null {
  if (company.organizationId === null) return 'Access groups need a connection to KaseyaOne.'
  const group = directory.groups(company.tenantId).find(({ id }) => id === textIn(input, 'AccessGroupId'))
  if (group?.name !== textIn(input, 'AccessGroupName')) return 'The access group was not found.'
  const roleIds = idsIn(input, 'SecurityRoleIds')
  if (roleIds.length === 0) return 'At least one security role is required.'
  const unknown = roleIds.find(id => !securityRoles.some(({ Id }) => Id === id))
  return unknown === undefined ? null : `Security role ${unknown} does not exist.`
}

function mappingFrom(id: number, input: Input, order: number): Mapping {
  return {
    id,
    groupId: textIn(input, 'AccessGroupId'),
    groupName: textIn(input, 'AccessGroupName'),
    roleIds: idsIn(input, 'SecurityRoleIds'),
    order,
  }
}

function output({ id, groupId, groupName, roleIds, order }: Mapping): Record<string, unknown> {
  return { MappingId: id, AccessGroupId: groupId, AccessGroupName: groupName, SecurityRoleIds: roleIds, Order: order }
}
