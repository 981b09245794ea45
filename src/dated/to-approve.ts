/** @param why what of it needs an approval, sentences */
export function toApproveWords(why: readonly string[]): string {
  return `Somebody else has to approve it: ${why.join(' ')}`
}
