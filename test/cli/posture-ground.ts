import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Ground, RunOptions } from './harness.ts'

export interface Row {
  deviation: string
  state: string
  wanted: string
  found: string | null
  why: string | null
  next: string | null
  line: number | null
  accepted: { reason: string; by: string; until: string | null } | null
  attested: { by: string; sha256: string | null } | null
}

/** A folder of its own for posture files. */
export function openFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'k1ctl-posture-'))
  return {
    folder,
    fileOf(text: string, name = 'posture.yaml'): string {
      writeFileSync(join(folder, name), text)
      return join(folder, name)
    },
    textOf: (name: string) => readFileSync(join(folder, name), 'utf8'),
  }
}

/** `posture check --json` over all tenants, or those that are named. */
export async function checkFile(
  ground: Ground,
  file: string,
  more: readonly string[] = [],
  options: RunOptions = {},
): Promise<{ code: number; rows: Row[]; stderr: string }> {
  const all = more.includes('--tenant') ? [] : ['--all-tenants']
  const { code, stdout, stderr } = await ground.k1ctl(
    ['posture', 'check', '-f', file, ...all, '--json', ...more],
    options,
  )
  return { code, rows: stdout.startsWith('[') ? JSON.parse(stdout) : [], stderr }
}
