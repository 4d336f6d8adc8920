import { isAbsolute } from 'node:path'
import type { AccountSettings } from '../../contracts/account-settings.ts'
import { refuse } from '../../domain/failure/refusal.ts'

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i

/**
 * Whether broker, mode and the gateway's address go together.
 *
 * @throws {Refused} 'broker-unknown' where live trading has no broker for it, 'setting-invalid' for the rest
 */
export function refuseUnfitBroker({ broker, mode, gateway }: AccountSettings): void {
  if (mode === 'live' && broker !== 'gateway')
    refuse(
      'broker-unknown',
      `Live trading needs a venue, and ${broker} only simulates one.`,
      'Use --mode paper, or --broker gateway with --set gateway.url=ADDRESS.',
    )
  if (broker !== 'gateway') return
  const { url, tokenFile } = gateway
  if (url === 'none')
    refuse('setting-invalid', 'The broker gateway needs to know where it is.', 'Add --set gateway.url=ADDRESS.')
  const { protocol, hostname } = new URL(url)
  if (protocol === 'http:' && !LOOPBACK.test(hostname))
    refuse(
      'setting-invalid',
      `${url} would carry your token and orders over the network for everybody to read.`,
      'Use an address that begins with https, or a gateway on this machine.',
    )
  if (tokenFile !== 'none' && !isAbsolute(tokenFile))
    refuse(
      'setting-invalid',
      `gateway.tokenFile=${tokenFile} depends on where a command is run.`,
      'Write the whole path, from the root on.',
    )
}
