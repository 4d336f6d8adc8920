import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { keepLicenceKey } from '../../src/adapters/account-secrets/licence-key.ts'
import { userIdOf } from '../../src/adapters/account-registry/read-settings.ts'
import { answerOrRefuse } from '../../src/adapters/cloud/refuse-trouble.ts'
import { chooseCloudServer } from '../../src/adapters/cloud/cloud-server.ts'
import type { HomeLayout } from '../../src/adapters/home/layout.ts'
import { openVault } from '../../src/adapters/vault/open-vault.ts'
import { readLeaseKeys } from '../../src/contracts/cloud/licence.ts'
import type { AccountId } from '../../src/domain/account/account-id.ts'
import { STRATEGIES } from '../../src/domain/strategy/index.ts'
import { addAccount, generateBars, prepareHome } from './bot-fleet.ts'
import { answerOf, slipway } from './cli-run.ts'
import { openCloudClient } from '../../src/adapters/cloud/open-cloud-client.ts'
import { eagerStrategy } from './eager-strategy.ts'
import { noKeychain } from './keychains.ts'
import type { RunningCloud } from './running-cloud.ts'
import { tempHome } from './temp-home.ts'
import { startVenue, type VenueProcess } from './venue/start-venue.ts'
import { venueBars } from './venue/venue-bars.ts'
import { programOf } from './programs/programs.ts'

/** A bot that knows the eager strategy. */
export const EAGER_BOT = programOf('mortal-bot')
export const LIVE_USER = 'anna'
const TOKEN = 'a-token-of-the-venue-51'
const BAR_MS = 50

/** The account settings are checked here too, where the strategy must be known. */
Object.assign(STRATEGIES, { eager: eagerStrategy })

export type LiveAccount = Readonly<{ layout: HomeLayout; id: AccountId; venue: VenueProcess }>

/** A venue with a live account whose bars come every 50 ms, and a home that trades it eagerly. */
export async function liveAccount(): Promise<LiveAccount> {
  const layout = prepareHome(tempHome())
  generateBars(layout, 'MES', 3, 5)
  const venue = await startVenue(3, { token: TOKEN, account: { accountId: 'U-7', mode: 'live' } })
  const tokenFile = join(tempHome(), 'token')
  writeFileSync(tokenFile, `${TOKEN}\n`, { mode: 0o600 })
  const id = await addAccount(layout, 'abroad', {
    ...{ symbol: 'MES', feed: `replay:${60_000 / BAR_MS}x`, broker: 'gateway', strategy: 'eager', user: LIVE_USER },
    set: [
      ...['mode=live', `gateway.url=${venue.url}`, 'gateway.account=U-7', `gateway.tokenFile=${tokenFile}`],
      ...['risk.maxDailyLoss=50000', 'risk.maxTradesPerDay=1000'],
    ],
  })
  const bars = venueBars(layout, 'MES')
  await venue.bar(bars[0]!)
  await venue.replay(bars, BAR_MS)
  return { layout, id, venue }
}

/** A licence of the account's user, made by the cloud's operator; its key. */
export async function makeLicence(
  cloud: Pick<RunningCloud, 'home'>,
  user = LIVE_USER,
): Promise<{ key: string; id: string }> {
  const words = ['cloud', 'license', 'create', '--user', user, '--plan', 'pro', '--json']
  const made = answerOf<{ licenseKey: string; id: string }>(await slipway(cloud.home, words, { env: {} }))
  return { key: made.licenseKey, id: made.id }
}

/** Chooses a team's cloud and trusts its keys, as a person would. */
export async function trustCloud(layout: HomeLayout, { url }: Pick<RunningCloud, 'url'>): Promise<void> {
  const client = openCloudClient({ address: { url }, deviceId: 'device-of-test', appVersion: '0.1.0' })
  const { keys } = answerOrRefuse(await client.ask(readLeaseKeys, {}))
  client.close()
  await chooseCloudServer(layout, { kind: 'team', url, keys })
}

/** Puts a licence key where bots get it from, in a vault that needs nobody to open it. */
export async function keepKey(layout: HomeLayout, key: string, user = LIVE_USER): Promise<void> {
  const vault = openVault({ layout, keychain: noKeychain() })
  if ((await vault.status()).state === 'absent')
    await vault.init({ kind: 'key-file', keyFile: join(tempHome(), 'vault.key') }, false)
  await keepLicenceKey(vault, userIdOf(user), key)
  vault.close()
}
