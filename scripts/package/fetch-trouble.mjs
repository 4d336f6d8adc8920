import { Trouble } from '../checkout/trouble.mjs'

/** What electron-builder's HTTP client calls its failures: no way there, no answer in time, another answer than the file. */
const OF_THE_NETWORK = new Set(['RequestError', 'TimeoutError', 'ReadError', 'HTTPError'])

/**
 * A failure to fetch what packaging needs, Electron's program most of all, as something a person can mend.
 *
 * @param {unknown} error whatever packaging ended with
 * @returns {unknown} the trouble, or the error as it came where it is none of the network's
 */
export function fetchTrouble(error) {
  if (!(error instanceof Error) || !OF_THE_NETWORK.has(error.name)) return error
  return new Trouble(
    `What packaging needs, such as Electron's program, could not be fetched: ${error.message.replace(/\.$/, '')}.`,
    'See that github.com can be reached from here, or name a mirror in ELECTRON_MIRROR; then run it again.',
  )
}
