import { readdirSync } from 'node:fs'
import { challengeBot } from '../../adapters/bot-control/connect-to-bot.ts'
import type { HomeLayout } from '../../adapters/home/layout.ts'
import { connectLauncher } from '../../adapters/launcher-client/connect-launcher.ts'
import { whoHolds, whoHoldsLauncher } from '../../adapters/lock/who-holds.ts'
import { isAccountId, parseAccountId, type AccountId } from '../../domain/account/account-id.ts'
import { describeHolder, type HolderVerdict } from '../../domain/lock/lock-record.ts'
import { APP_VERSION } from '../version.ts'
import type { Finding } from '../../contracts/launcher/doctor.ts'

/** Reachable, or able to be started; a launcher that holds the home and does not answer is neither. */
export async function checkLauncher(layout: HomeLayout): Promise<Finding> {
  const check = 'launcher'
  const client = connectLauncher({ endpoint: layout.launcherEndpoint })
  const health = await client.api.health().catch(() => undefined)
  if (health) {
    const isOurs = health.version === APP_VERSION
    return {
      check,
      result: isOurs ? 'ok' : 'warn',
      message: `Slipway ${health.version} runs as process ${health.pid} since ${health.startedAt}.`,
      nextStep: isOurs ? '' : `This is Slipway ${APP_VERSION}; change over with: slipway shutdown`,
    }
  }
  const verdict = await whoHoldsLauncher({ layout, challenge: async () => undefined })
  if (verdict.kind === 'alive' || verdict.kind === 'unresponsive' || verdict.kind === 'unknown')
    return {
      check,
      result: 'fail',
      message: describeHolder(verdict),
      nextStep: 'End that process; bots go on without it.',
    }
  return { check, result: 'ok', message: 'Not running; the next command starts it.', nextStep: '' }
}

/** Who holds each account, by its guard, its record and the process the record names. */
export async function checkLocks(layout: HomeLayout): Promise<Finding[]> {
  const ids = accountsIn(layout)
  const findings: Finding[] = []
  for (const id of ids) findings.push(judged(id, await whoHolds({ layout, challenge: challengeBot }, id)))
  return findings
}

function judged(id: AccountId, verdict: HolderVerdict): Finding {
  const finding = (result: Finding['result'], nextStep: string): Finding => ({
    check: `lock of ${id}`,
    result,
    message: describeHolder(verdict),
    nextStep,
  })
  switch (verdict.kind) {
    case 'free':
    case 'alive':
      return finding('ok', '')
    case 'gone':
    case 'pid-reused':
    case 'other-boot':
    case 'zombie':
      return finding('warn', `The next start tidies up: slipway start ${id}`)
    case 'other-host':
      return finding('fail', 'Stop it there before you start it here.')
    case 'unresponsive':
      return finding('fail', verdict.paused ? 'Let the process go on, or end it.' : `Stop it with: slipway stop ${id}`)
    case 'unknown':
      return finding('warn', `If you are sure that no bot runs, end the process by hand.`)
  }
}

/** Accounts that have a folder or a lock record; a removed account may still have a bot. */
function accountsIn(layout: HomeLayout): AccountId[] {
  const locks = namesIn(layout.locks).map((name) => /^account_(.+)\.lock$/.exec(name)?.[1])
  const ids = [...namesIn(layout.accounts), ...locks.filter((name) => name !== undefined)]
  return [...new Set(ids)]
    .map((name) => parseAccountId(name))
    .filter(isAccountId)
    .toSorted()
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
