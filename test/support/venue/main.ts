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
import { openVenue } from './venue.ts'

const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, settings: { type: 'string', default: '{}' } },
})
let venue = openVenue(Number(values.seed), JSON.parse(values.settings))
const trade = openTradeDoor(() => venue)
const control = openControlDoor({
  venue: () => venue,
  reset(seed, settings) {
    venue.close()
    trade.disconnect(0)
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
