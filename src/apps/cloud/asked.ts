import { cloudRefuse, CloudRefused } from './cloud-call.ts'

/** A request, as little of it as the door needs; made of Node's own or of a fetch Request. */
export type Asked = Readonly<{
  method: string
  /** Path and query, as they were sent. */
  url: string
  header(name: string): string | undefined
  /**
   * The whole body.
   *
   * @param largest bytes
   * @throws {CloudRefused} body_too_large, or body_invalid when it did not arrive whole
   */
  text(largest: number): Promise<string>
  /** Ends when the caller has left. */
  signal(): AbortSignal
}>

export function tooLarge(largest: number): never {
  return cloudRefuse('body_too_large', `The body has more than ${largest / 1024} kB.`, 'Send less at once.')
}

export function brokenOff(): CloudRefused {
  return new CloudRefused('body_invalid', 'The body did not arrive whole.', 'Send it again.')
}

export function askedOf(request: Request): Asked {
  const { headers, method } = request
  const { pathname, search } = new URL(request.url)
  return {
    method,
    url: pathname + search,
    header: (name) => headers.get(name) ?? undefined,
    signal: () => request.signal,
    async text(largest) {
      const chunks: Uint8Array[] = []
      let size = 0
      try {
        for await (const chunk of request.body ?? []) {
          size += chunk.length
          if (size > largest) tooLarge(largest)
          chunks.push(chunk)
        }
      } catch (error) {
        throw error instanceof CloudRefused ? error : brokenOff()
      }
      return Buffer.concat(chunks).toString('utf8')
    },
  }
}
