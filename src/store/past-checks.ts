import { join } from 'node:path'
import * as z from 'zod/mini'
import { K1Error } from '../core/errors.ts'
import type { CheckedDay, PastChecks } from '../core/past-checks.ts'
import { type Document, fileDocument } from './document.ts'
import type { Home } from './home.ts'
import { ownFile } from './own-file.ts'
import type { Processes } from './process-identity.ts'

const schema = z.strictObject({
  version: z.literal(1),
  days: z.array(
    z.strictObject({
      day: z.iso.date(),
      columns: z.array(z.string()),
      tenants: z.array(z.tuple([z.string(), z.string()])),
    }),
  ),
})

/** Of this user alone: `<state>/posture-checks.json`. */
export function pastChecksFile(home: Home, processes: Processes): Document {
  return fileDocument({ path: ownFile(join(home.state, 'posture-checks.json')), what: 'the past checks', processes })
}

/** Keeps what posture checks found, day by day. */
export function openPastChecks(document: Document): PastChecks {
  const { path } = document
  return {
    path,
    days: () => read(document, path),
    change: change =>
      document.change(async held => {
        await held.replace(`${JSON.stringify({ version: 1, days: change(await read(held, path)) })}\n`)
      }),
  }
}

async function read(document: Pick<Document, 'read'>, path: string): Promise<CheckedDay[]> {
  const source = await document.read()
  if (source === undefined) return []
  try {
    return schema.parse(JSON.parse(source)).days
  } catch (cause) {
    throw new K1Error('storage', `The past checks in ${path} are broken, or were written by another k1ctl.`, {
      hint: 'They are only for the trend in the report: move the file away, and they begin anew.',
      cause,
      facts: { path },
    })
  }
}
