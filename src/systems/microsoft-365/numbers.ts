import { z } from 'zod'
import { path } from '../../http/client.ts'
import type { ListOf } from './graph.ts'
import { odataQuoted } from './users.ts'

const numberSchema = z.object({
  telephoneNumber: z.string().min(1),
  numberType: z.string(),
  assignmentTargetId: z.string().nullish(),
  assignmentCategory: z.string().nullish(),
})

/** A telephone number in Teams. */
export type TeamsNumber = z.infer<typeof numberSchema>

/** Those of one person; whose list cannot be filtered gives everybody's, so it is looked at again. */
export function numbersOf(userId: string): ListOf<TeamsNumber> {
  return {
    where: path`/admin/teams/telephoneNumberManagement/numberAssignments`,
    item: numberSchema,
    query: { $filter: `assignmentTargetId eq ${odataQuoted(userId)}` },
  }
}
