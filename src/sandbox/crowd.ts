/** How many people a tenant has, and what is special about them. */
export interface Crowd {
  /** 1 for the first tenant. */
  number: number
  size: number
  domain: string
  /** Only one person administers Graphus. */
  lastGraphusAdmin: boolean
  /** Somebody's e-mail serves several resellers. */
  severalResellers: boolean
}
