/** The cloud server from its sources, which dies where the plan in its home says. The home is its last argument's value. */
import { join } from 'node:path'
import { CRASH_PLAN_FILE, openTrail, readCrashPlan } from './crash-plan.ts'
import { installCrashHooks } from './install-crash-hooks.ts'

const home = process.argv[process.argv.indexOf('--home') + 1] ?? ''
const plan = readCrashPlan(join(home, CRASH_PLAN_FILE))
if (plan) installCrashHooks(plan, openTrail(plan))
await import('../../../src/apps/cloud/main.ts')
