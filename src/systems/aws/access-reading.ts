import { z } from 'zod'
import { denialName, isDenyAll } from './denial.ts'
import { gather, type Partial } from './gather.ts'
import type { LooksBelow } from './looks.ts'

export const accessShape = z.object({
  user: z.string(),
  attached: z.array(z.object({ name: z.string(), arn: z.string() })),
  /** With their documents, for nobody else keeps them once they are deleted. */
  inline: z.array(z.object({ name: z.string(), document: z.string() })),
})
export type Access = z.infer<typeof accessShape>

/** A policy whose document could not be seen is not in the reading, and so not deleted: it could not be given back. */
export async function readAccess(user: string, looks: LooksBelow): Promise<Access & Partial> {
  const all = gather()
  const [attached = [], names = []] = await Promise.all([
    all.of('the attached policies', looks.attached(user)),
    all.of('the inline policies', looks.inline(user)),
  ])
  const inline = await Promise.all(
    names
      .filter(one => one !== denialName)
      .map(async name => {
        const document = await all.of(`the inline policy ${name}`, looks.document(user, name))
        // One that went between the list and the look has no document, and is not there.
        return document === undefined ? [] : [{ name, document }]
      }),
  )
  return { user, attached: attached.filter(({ arn }) => !isDenyAll(arn)), inline: inline.flat(), ...all.left() }
}
