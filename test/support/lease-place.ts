import { join } from 'node:path'
import type { Asked, CloudAsk, CloudTrouble } from '../../src/adapters/cloud/ask.ts'
import { openLeaseKeeper, type LeaseKeeper } from '../../src/adapters/cloud/lease-keeper.ts'
import { readLeaseKeys, type LeaseClaims } from '../../src/contracts/cloud/licence.ts'
import { epochMs } from '../../src/domain/units/units.ts'
import { DEVICE, USER } from './cloud-questions.ts'
import { ACCOUNT_REF, claimsAt, LICENCE_KEY, signedLease, testKey, type TestKey } from './leases.ts'
import { tempHome } from './temp-home.ts'

export const HOUR = 3_600_000
export const DAY = 24 * HOUR
export const START = Date.UTC(2026, 9, 5, 12)

/** A bot's place: its clocks, its file, and a cloud that does what a test says. */
export class LeasePlace {
  readonly file = join(tempHome(), 'lease.json')
  readonly key = testKey()
  wall = START
  elapsed = 0
  readonly said: string[] = []
  readonly asked: { path: string; lease: string | undefined; input: Record<string, unknown> }[] = []
  /** What it says to all but the question for its keys. */
  cloud: (path: string, nonce: string) => Asked<unknown> | Promise<Asked<unknown>> = () =>
    trouble('unreachable', 'The cloud can not be reached.')

  keyList: () => Asked<unknown> = () => trouble('lost', 'Hm.')

  open(more: Partial<Parameters<typeof openLeaseKeeper>[0]> = {}): LeaseKeeper {
    const ask = ((route, input, options = {}) => {
      if (route.path === readLeaseKeys.path) return Promise.resolve(this.keyList())
      const said = input as Record<string, unknown>
      this.asked.push({ path: route.path, lease: options.lease, input: said })
      return Promise.resolve(this.cloud(route.path, String(said.nonce)))
    }) as CloudAsk
    return openLeaseKeeper({
      ...{ file: this.file, deviceId: DEVICE, userId: USER, accountRef: ACCOUNT_REF, appVersion: '0.1.0', ask },
      ...{
        trusted: { keys: [this.key.publicKey] },
        licenceKey: LICENCE_KEY,
        random: () => 0.5,
        changed: () => undefined,
      },
      ...{ now: () => epochMs(this.wall), monotonic: () => this.elapsed },
      say: (level, event) => this.said.push(`${level} ${event}`),
      ...more,
    })
  }

  /** Both clocks go on. */
  pass(ms: number): void {
    this.wall += ms
    this.elapsed += ms
  }

  gives(claims: Partial<LeaseClaims> = {}, key: TestKey = this.key): void {
    this.cloud = (_, nonce) => answer(signedLease(claimsAt(this.wall, { nonce, ...claims }), key))
  }

  /** A keeper that was given a lease, and whose cloud is gone since. */
  async leased(claims: Partial<LeaseClaims> = {}): Promise<LeaseKeeper> {
    this.gives(claims)
    const keeper = this.open()
    await keeper.check()
    if (keeper.view().rung !== 'fresh') throw new Error('no lease to begin with')
    this.cloud = () => trouble('unreachable', "The cloud can't be reached: nothing listens there.")
    return keeper
  }
}

export function answer(lease: string): Asked<unknown> {
  return { kind: 'answer', value: { valid: true, plan: 'pro', expires_at: null, lease, server_time: '' } }
}

export function trouble(kind: CloudTrouble['kind'], message: string, code?: CloudTrouble['code']): Asked<never> {
  const failure = { kind, message, nextStep: 'Do something.', requestId: 'r', ...(code ? { code } : {}) }
  return { kind: 'failed', failure }
}
