/**
 * The bot as it is shipped, but for two things: it dies where the plan in its home says, and it knows the eager strategy.
 */
import { join } from 'node:path'
import { STRATEGIES } from '../../../src/domain/strategy/index.ts'
import { eagerStrategy } from '../eager-strategy.ts'
import { CRASH_PLAN_FILE, openTrail, readCrashPlan } from './crash-plan.ts'
import { installCrashHooks } from './install-crash-hooks.ts'

// A bot's working folder is its home.
const plan = readCrashPlan(join(process.cwd(), CRASH_PLAN_FILE))
if (plan) installCrashHooks(plan, openTrail(plan))
Object.assign(STRATEGIES, { eager: eagerStrategy })

await import('../../../src/apps/bot/main.ts')
