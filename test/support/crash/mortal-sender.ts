/**
 * The sender of a home's contributions in a process of its own: everything is the launcher's but for what has nothing to
 * do with it, and it dies where the plan says. `node mortal-sender.ts HOME CLOUD-URL [LEASE-MS]`; ends when nothing waits.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { openCloudClient } from '../../../src/adapters/cloud/open-cloud-client.ts'
import { ensureDeviceId } from '../../../src/adapters/home/device-id.ts'
import { openHome } from '../../../src/adapters/home/open-home.ts'
import { outboxOf } from '../../../src/adapters/outbox/outbox-of.ts'
import { openDelivery } from '../../../src/apps/launcher/cloud/deliver-outbox.ts'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import { DELIVERY_RULES } from '../../../src/domain/experience/delivery.ts'
import { CRASH_PLAN_FILE, openTrail, readCrashPlan } from './crash-plan.ts'
import { installCrashHooks } from './install-crash-hooks.ts'

const [home = '', url = '', leaseMs = '300'] = process.argv.slice(2)
const plan = readCrashPlan(join(home, CRASH_PLAN_FILE))
if (plan) installCrashHooks(plan, openTrail(plan))
const layout = openHome(home)
const accounts = () => readdirSync(layout.accounts) as AccountId[]
const { ask } = openCloudClient({
  ...{ address: { url }, deviceId: ensureDeviceId(layout), appVersion: '1.0.0' },
  // A cloud that was killed is left alone for a moment, not for half a minute.
  timing: { circuit: { opensAfter: 5, backoffMs: [0], openMs: 300 } },
})
const delivery = openDelivery({
  ...{ layout, accounts, random: Math.random, instanceId: crypto.randomUUID(), now: Date.now },
  cloud: () => ({ ask, shared: true }),
  log: { info: () => undefined, warn: (_, message) => process.stderr.write(`${message}\n`) },
  rules: {
    ...{ ...DELIVERY_RULES, leaseMs: Number(leaseMs), askMs: Math.floor(Number(leaseMs) / 4), perMinute: 1_000 },
    silent: { baseMs: 50, capMs: 200 },
  },
})
const waiting = () => accounts().some((id) => outboxOf(layout, id, 0, true).waiting > 0)
do {
  const waitMs = await delivery.round()
  await delay(Math.min(100, waitMs))
} while (waiting())
await delivery.close()
process.exit(0)
