/** One connection, as the operations on it see it. */
export interface Session {
  /** GUID of whoever signed in; null for nobody. */
  who: string | null
  secure: boolean
  /** What of a search is still to be given, by cookie. */
  pages: Map<string, { guids: string[]; deleted: boolean }>
}
