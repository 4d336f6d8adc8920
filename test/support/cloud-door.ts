import { z } from 'zod'
import { answers, CloudReply, cloudRefuse, type CloudCall } from '../../src/apps/cloud/cloud-call.ts'
import type { CloudFetchParts } from '../../src/apps/cloud/cloud-fetch.ts'
import { openMetrics } from '../../src/apps/cloud/cloud-metrics.ts'
import { readCalendar, refreshCalendar } from '../../src/contracts/cloud/calendar.ts'
import type { LeaseClaims } from '../../src/contracts/cloud/licence.ts'
import { getConfidence, readStats } from '../../src/contracts/cloud/pool.ts'
import { cloudRoute } from '../../src/contracts/cloud/route.ts'
import type { RateAsk } from '../../src/domain/rate/rate-limiter.ts'
import { epochMs } from '../../src/domain/units/units.ts'
import { cloudFetch } from './cloud-fetch.ts'

export const USER = '0123456789ab'
export const QUESTION = { user_id: USER, symbol: '6EH4', side: 'buy', features: { atr: 1.5 } }
export const LEASE = { licence_id: 'lic_1', user_id: USER, device_id: 'device-0001' } as LeaseClaims
export const ADMIN = { keyId: 'adm_1', role: 'owner', label: 'ops' } as const

export const echo = cloudRoute({
  ...{ method: 'POST', path: '/api/test/echo', summary: 'For tests', access: 'open', limit: 'user', repeatable: true },
  input: z.strictObject({ text: z.string().default(''), number: z.number().optional() }),
  output: z.object({ text: z.string() }),
})
export const failing = cloudRoute({ ...echo, path: '/api/test/failing' })

type DoorCase = Readonly<{ parts?: Partial<CloudFetchParts>; address?: string }>

/** The door of a cloud with a few calls behind it, and what came through. */
export function cloudDoor({ parts, address = '192.0.2.1' }: DoorCase = {}) {
  const calls: { call: CloudCall; input: unknown }[] = []
  const asked: (readonly RateAsk[])[] = []
  const errors: unknown[] = []
  const kept = (call: CloudCall, input: unknown) => void calls.push({ call, input })
  const metrics = openMetrics()
  const handle = cloudFetch({
    handlers: [
      answers(getConfidence, (call, input) => {
        kept(call, input)
        return {
          ...{
            confidence: 0.5,
            should_trade: false,
            threshold: 0.5,
            sample_size: 0,
            win_rate: null,
            expected_pnl: null,
          },
          ...{ reason: 'neutral', stop_multiple: null, target_multiple: null, user_id: 'must not leave' },
        }
      }),
      answers(readStats, (call, input) =>
        cloudRefuse('unavailable', `No ${kept(call, input) ?? 'stats'}.`, 'Wait.', 2),
      ),
      answers(refreshCalendar, (call, input) => {
        kept(call, input)
        return { changed: 0, sources: [] }
      }),
      answers(readCalendar, () => new Response('text', { headers: { etag: '"1"' } }) as never),
      answers(echo, (call, input) => {
        kept(call, input)
        return new CloudReply({ text: input.text }, { 'set-cookie': 'a=b' })
      }),
      answers(failing, () => {
        throw new Error('password hunter2 in /home/somebody')
      }),
    ],
    limiter: {
      take: async (asks) => {
        asked.push(asks)
        return { allowed: true, remaining: 42, retryAfterSeconds: 0, refusedBy: undefined }
      },
    },
    leases: { verify: (token) => (token === 'good' ? LEASE : undefined) },
    findAdmin: async (header) => (header('authorization') === 'Bearer sla_right' ? ADMIN : undefined),
    metrics,
    log: { error: (...line) => void errors.push(line) },
    now: () => epochMs(1_000),
    elapsed: () => 0,
    ...parts,
  })
  const ask = async (path: string, init: RequestInit = {}) => {
    const response = await handle(new Request(`http://cloud${path}`, init), { address })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text }
  }
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    ask(path, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    })
  return { ask, post, calls, asked, errors, metrics }
}
