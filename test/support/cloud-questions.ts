import type { TestContext } from 'vitest'
import { openCloudClient, type CloudClientParts } from '../../src/adapters/cloud/open-cloud-client.ts'
import type { CloudClient } from '../../src/adapters/cloud/ask.ts'
import { cloudRoute } from '../../src/contracts/cloud/route.ts'
import { z } from 'zod'

export const USER = '0123456789ab'
export const DEVICE = 'device-of-test'

/** Times a test can wait for. */
export const QUICK = {
  connectMs: 300,
  tryMs: 300,
  totalMs: 2_000,
  tries: 3,
  backoff: { baseMs: 2, capMs: 8 },
  circuit: { opensAfter: 5, backoffMs: [0], openMs: 30_000 },
} as const

/** A client that ends with its test. */
export function clientOf(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  address: CloudClientParts['address'],
  more: Partial<CloudClientParts> = {},
): CloudClient {
  const client = openCloudClient({ address, deviceId: DEVICE, appVersion: '0.1.0', timing: QUICK, ...more })
  onTestFinished(() => client.close())
  return client
}

const shape = {
  method: 'POST',
  summary: 'A question of the tests',
  access: 'user',
  limit: 'user',
  input: z.strictObject({ user_id: z.string().regex(/^[0-9a-f]{12}$/), words: z.string().optional() }),
  output: z.object({ fine: z.boolean() }),
} as const

/** May be asked again. */
export const safeQuestion = cloudRoute({ ...shape, path: '/api/safe', repeatable: true })
/** Has an effect each time. */
export const onceQuestion = cloudRoute({ ...shape, path: '/api/once', repeatable: false })
