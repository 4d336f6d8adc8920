import { cloudRefuse, CloudRefused } from './cloud-call.ts'

/** A request, as little of it as the door needs. */
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
