/** An address in one way of writing it: two that lead to the same place are the same text. */
export function addressOf(url: string): string {
  return URL.canParse(url) ? new URL(url).href : url
}
