import { connectToBot, type BotConnection } from '../../../src/adapters/bot-control/connect-to-bot.ts'
import type { BotProcess } from '../../../src/adapters/bot-process/spawn-bot.ts'
import type { HomeLayout } from '../../../src/adapters/home/layout.ts'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import { openRandomStream } from '../../../src/domain/market/random-stream.ts'
import { prepareHome, startBot, untilBot } from '../../support/bot-fleet.ts'
import { programOf } from '../../support/programs/programs.ts'
import { tempHome } from '../../support/temp-home.ts'
import type { VenueBooks, VenueProcess } from '../../support/venue/start-venue.ts'
import { gatewayAccount, marketPrice } from './gateway-account.ts'
import { openMarket } from './move-market.ts'

export type BracketedBot = Readonly<{
  layout: HomeLayout
  id: AccountId
  market: ReturnType<typeof openMarket>
  /** To its control socket; whoever starts it closes it. */
  link: BotConnection
}>

/**
 * A bot at a venue that was asked for two lots with a stop 12 ticks below and a target 40 above the price.
 *
 * @param onBot told of its process, which the caller ends
 */
export async function startBracketed(
  venue: VenueProcess,
  name: string,
  onBot: (bot: BotProcess) => void,
): Promise<BracketedBot> {
  const layout = prepareHome(tempHome())
  const market = openMarket(venue, marketPrice(), openRandomStream(name))
  await market.move(0)
  const id = await gatewayAccount(layout, venue)
  const bot = await startBot(layout, id, programOf('bot'))
  onBot(bot)
  await untilBot(layout, id, ({ state }) => state === 'trading')
  const link = (await connectToBot({ endpoint: layout.botEndpoint(id), timeoutMs: 5_000 }))!
  const entry = { kind: 'bracket-order', symbol: 'MES', side: 'buy', quantity: 2 } as const
  const command = { ...entry, stopPrice: market.px(-12), targetPrice: market.px(40) }
  await link.trade({ signalId: 'in', command }, 10_000)
  return { layout, id, market, link }
}

/** Every quantity that was held, as the fills made it. */
export function wayOf({ fills }: VenueBooks): number[] {
  let held = 0
  return fills.map(({ side, quantity }) => (held += (side === 'buy' ? 1 : -1) * Number(quantity)))
}
