/** A page is part of a file of its own, and needs nothing else of its system: `help aws` is printed without the systems. */
const pages: Readonly<Record<string, () => Promise<{ default: string }>>> = {
  'active-directory': () => import('./active-directory/README.md?raw'),
  aws: () => import('./aws/README.md?raw'),
  bms: () => import('./bms/README.md?raw'),
  'datto-partner-portal': () => import('./datto-partner-portal/README.md?raw'),
  'google-workspace': () => import('./google-workspace/README.md?raw'),
  graphus: () => import('./graphus/README.md?raw'),
  jumpcloud: () => import('./jumpcloud/README.md?raw'),
  kaseyaone: () => import('./kaseyaone/README.md?raw'),
  'microsoft-365': () => import('./microsoft-365/README.md?raw'),
  scim: () => import('./scim/README.md?raw'),
  webhook: () => import('./webhook/README.md?raw'),
}

/** The page of the system with exactly this id; undefined where there is none. */
export async function pageOf(id: string): Promise<string | undefined> {
  return Object.hasOwn(pages, id) ? (await pages[id]?.())?.default : undefined
}
