/**
 * An exchange in a process of its own: `node test/support/venue/main.ts --seed N [--settings JSON]`.
 *
 * Says `{"port", "controlPort"}` on standard output once it listens, and ends with its standard input. Its books outlive
 * every bot, and are written nowhere.
 */
import type { AddressInfo } from 'node:net'
import { parseArgs } from 'node:util'
import { openControlDoor } from './control-door.ts'
import { openTradeDoor } from './trade-door.ts'
import { openVenue, type Venue } from './venue.ts'

const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, settings: { type: 'string', default: '{}' } },
})
let seed = Number(values.seed)
let venue = openVenue(seed, JSON.parse(values.settings))
/** The accounts that other tokens open, by their ids. */
const others = new Map<string, Venue>()

function otherVenue(accountId: string): Venue {
  const found = others.get(accountId)
  if (found) return found
  const settings = venue.settings()
  const token = settings.others.find((one) => one.accountId === accountId)?.token
  if (token === undefined) throw new Error(`there is no account ${accountId}`)
  const opened = openVenue(seed, { ...settings, token, account: { ...settings.account, accountId } })
  others.set(accountId, opened)
  return opened
}

const trade = openTradeDoor((token) => {
  const other = venue.settings().others.find((one) => one.token === token)
  return other ? otherVenue(other.accountId) : venue
})
const control = openControlDoor({
  venue: (accountId) => (accountId === undefined ? venue : otherVenue(accountId)),
  reset(next, settings) {
    for (const one of [venue, ...others.values()]) one.close()
    others.clear()
    trade.disconnect(0)
    seed = next
    venue = openVenue(seed, settings)
  },
  disconnect: trade.disconnect,
})

await Promise.all(
  [trade.server, control].map((server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))),
)
const [port, controlPort] = [trade.server, control].map((server) => (server.address() as AddressInfo).port)
process.stdout.write(`${JSON.stringify({ port, controlPort })}\n`)
process.stdin.resume().on('end', () => process.exit(0))
