import { GatewaySettings } from '../../contracts/account-settings.ts'
import type { CredentialsTest } from '../../contracts/launcher/vault.ts'
import type { VenueAccount } from '../../domain/broker/venue-account.ts'
import { refusal, refuse, type Refusal } from '../../domain/failure/refusal.ts'
import type { CallOutcome } from '../brokers/gateway/call-gateway.ts'
import { addressOf } from '../http/address-of.ts'
import { credentialFields, GATEWAY_TOKEN } from './credential-fields.ts'

export type CredentialsToTest = Readonly<{
  broker: string
  mode: 'paper' | 'live'
  /** Secrets and settings, by the names of their fields. */
  values: Readonly<Record<string, string>>
  /** Told which account they open. @returns why it is not the one they are for */
  recognise?: ((named: VenueAccount) => Refusal | undefined) | undefined
}>

/** Somebody waits in front of a form. */
const TIMEOUT_MS = 10_000
const CONNECT_MS = 5_000
const PROTOCOL = 1

/**
 * Tries credentials at the broker, by asking for what changes nothing there.
 *
 * @param elapsed monotonic milliseconds
 * @throws {Refused} 'broker-unknown' | 'bad-usage'
 */
export async function testCredentials(what: CredentialsToTest, elapsed: () => number): Promise<CredentialsTest> {
  for (const { name, label, required } of credentialFields(what.broker))
    if (required && (what.values[name] ?? '').trim() === '')
      refuse('bad-usage', `${label} is missing.`, 'Fill it in, then test again.')
  if (what.broker !== 'gateway')
    return { ok: true, message: 'This broker needs no credentials.', refusal: null, accounts: [], tookMs: 0 }
  return testGateway(what, elapsed)
}

async function testGateway(
  { mode, values, recognise }: CredentialsToTest,
  elapsed: () => number,
): Promise<CredentialsTest> {
  const address = GatewaySettings.safeParse({ url: values.url, account: values.account?.trim() || undefined })
  if (!address.success)
    return refuse(
      'bad-usage',
      `The address is wrong: ${address.error.issues[0]?.message}.`,
      'Correct it, then test again.',
    )
  const { url, account } = address.data
  refuseOpenRoad(url)
  // What speaks to a gateway is loaded when somebody has one.
  const { openGatewayCalls } = await import('../brokers/gateway/call-gateway.ts')
  const { accountOpened } = await import('../brokers/gateway/agree-terms.ts')
  const { WireCapabilities } = await import('../brokers/gateway/wire.ts')
  const chosen = account === 'none' ? undefined : account
  const calls = openGatewayCalls({
    ...{ url, token: values[GATEWAY_TOKEN]?.trim() || undefined, account: chosen, connectMs: CONNECT_MS },
  })
  const began = elapsed()
  const outcome = await calls.call({ method: 'GET', path: '/v1/capabilities' }, AbortSignal.timeout(TIMEOUT_MS))
  calls.close()
  const tookMs = Math.round(elapsed() - began)
  const failed = (why: Refusal, accounts: CredentialsTest['accounts'] = []): CredentialsTest => ({
    ...{ ok: false, message: why.message, refusal: why, accounts, tookMs },
  })
  if (outcome.kind !== 'done') return failed(whyNot(url, outcome))
  const offered = WireCapabilities.safeParse(outcome.body)
  if (!offered.success || offered.data.protocol !== PROTOCOL) return failed(notOurs(url))
  const accounts = offered.data.accounts.flatMap(({ accountId, mode: theirs, currency }) =>
    theirs === 'paper' || theirs === 'live' ? [{ accountId, mode: theirs as 'paper' | 'live', currency }] : [],
  )
  const opened = accountOpened(accounts, chosen)
  const identity = offered.data.accounts.find(({ accountId }) => accountId === opened?.accountId)?.identity
  const why =
    whyNotThisAccount(url, { accounts, account: chosen, opened }, mode) ??
    (opened && recognise?.({ accountId: opened.accountId, mode, identity, address: addressOf(url) }))
  if (why) return failed(why, accounts)
  const venue = offered.data.venue === '' ? 'The gateway' : offered.data.venue
  return { ok: true, message: `${venue} let us in.`, refusal: null, accounts, tookMs }
}

/** A token goes over no road where others can read it. */
function refuseOpenRoad(url: string): void {
  const { protocol, hostname } = new URL(url)
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  if (protocol === 'http:' && !isHere)
    refuse('bad-usage', `${url} is not encrypted, and others could read the token.`, 'Use an https: address.')
}

function whyNot(url: string, outcome: Exclude<CallOutcome, { kind: 'done' }>): Refusal {
  switch (outcome.kind) {
    case 'refused':
      return outcome.status === 401 || outcome.status === 403
        ? refusal(
            'broker-refused',
            `The gateway refused the token: ${outcome.message}.`,
            'Check the token, then test again.',
          )
        : refusal(
            'broker-refused',
            `The gateway refused us (${outcome.status}): ${outcome.message}.`,
            'Check the address.',
          )
    case 'limited':
      return refusal('broker-refused', 'The gateway asks us to slow down.', 'Wait a minute, then test again.')
    case 'unsent':
      return refusal(
        'broker-refused',
        `${url} can't be reached: ${outcome.why}.`,
        'See that the gateway runs, and check its address.',
      )
    case 'lost':
      return refusal(
        'broker-refused',
        `${url} gave no usable answer: ${outcome.why}.`,
        'Check the address and what runs there.',
      )
  }
}

function notOurs(url: string): Refusal {
  return refusal('broker-refused', `What answers at ${url} does not speak our protocol.`, 'Check the address.')
}

function whyNotThisAccount(
  url: string,
  {
    accounts,
    account,
    opened: chosen,
  }: Readonly<{
    accounts: CredentialsTest['accounts']
    account: string | undefined
    opened: CredentialsTest['accounts'][number] | undefined
  }>,
  mode: 'paper' | 'live',
): Refusal | undefined {
  const ids = accounts.map(({ accountId }) => accountId)
  if (!chosen)
    return refusal(
      'broker-refused',
      account === undefined
        ? `The token opens ${ids.length} accounts at the gateway, and none was chosen.`
        : `The gateway ${url} has no account ${account} for this token.`,
      ids.length === 0 ? 'Ask the gateway for a token that opens one.' : `Choose one of: ${ids.join(', ')}.`,
    )
  if (chosen.mode === mode) return undefined
  return refusal(
    'broker-refused',
    `The account ${chosen.accountId} is a ${chosen.mode} account at the gateway, and set to ${mode} here.`,
    `Set it to ${chosen.mode}, if that is what you want, or choose another account.`,
  )
}
