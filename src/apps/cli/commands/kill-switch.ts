import { challengeBot } from '../../../adapters/bot-control/connect-to-bot.ts'
import {
  engageKillSwitch,
  flattenTargets,
  killSwitchState,
  releaseKillSwitch,
  type KillSwitchContext,
} from '../../../adapters/kill-switch/kill-switch.ts'
import { whoHolds } from '../../../adapters/lock/who-holds.ts'
import type { FlattenOutcome, KillTarget } from '../../../contracts/kill-switch.ts'
import { refuse } from '../../../domain/failure/refusal.ts'
import { killReason, type KillScope } from '../../../domain/risk/kill-mark.ts'
import { openCliHome, type Cli } from '../cli.ts'
import { cliSecrets } from '../cli-secrets.ts'
import { confirm } from '../confirm.ts'
import { sayShape } from '../say-shape.ts'
import { wholeNumber } from '../whole-number.ts'

type Options = Readonly<{ all?: boolean; user?: string; timeout?: string; reason?: string; yes?: boolean }>

const USUAL_TIMEOUT_S = 120
const LONGEST_REASON = 200

/**
 * `slipway flatten ID… | --user U | --all`: closes positions and cancels orders; the bots go on. Talks to the bots
 * themselves, so that it works where the launcher does not.
 */
export async function flatten(cli: Cli, ids: readonly string[], options: Options): Promise<number> {
  const target = targetOf(ids, options)
  const timeoutMs = timeoutOf(options)
  if (target.all === true)
    await confirm(cli, {
      yes: options.yes,
      what: 'This closes every position of every account at the market.',
      word: 'flatten all',
    })
  const outcomes = await flattenTargets(contextOf(cli), target, timeoutMs)
  return showOutcomes(cli, outcomes, 'Entries stay blocked there until it is flat, or until: slipway release')
}

/** `slipway kill ID… | --user U | --all`: closes everything, and nothing is entered until `slipway release`. Asks nothing. */
export async function kill(cli: Cli, ids: readonly string[], options: Options): Promise<number> {
  const target = targetOf(ids, options)
  const { reason = '' } = options
  if (reason.length > LONGEST_REASON)
    refuse('bad-usage', `The reason has ${reason.length} characters, at most ${LONGEST_REASON}.`, 'Say it shorter.')
  const outcomes = await engageKillSwitch(contextOf(cli), target, reason, timeoutOf(options))
  cli.out.note(`No entries until: ${releaseLine(ids, options)}`)
  return showOutcomes(cli, outcomes, 'No entries are made there either.')
}

/** `slipway release [ID… | --user U | --all]`: takes kill marks away; without a target, shows those that stand. */
export function release(cli: Cli, ids: readonly string[], options: Options): number {
  const layout = openCliHome(cli)
  if (ids.length === 0 && options.user === undefined && options.all !== true) {
    const marks = killSwitchState({ layout })
    cli.out.answer({ standing: marks }, () => {
      if (marks.length === 0) cli.out.line('No kill switch is engaged.')
      for (const mark of marks) cli.out.line(killReason({ version: 1, ...mark, at: mark.at as never }).text)
    })
    return 0
  }
  const released = releaseKillSwitch({ layout }, targetOf(ids, options))
  const standing = killSwitchState({ layout })
  cli.out.answer({ released, standing }, () => {
    if (released.length === 0) cli.out.line('No kill switch of these was engaged.')
    for (const scope of released) cli.out.line(`Released: ${scopeText(scope)}.`)
    for (const mark of standing)
      cli.out.line(`Still: ${killReason({ version: 1, ...mark, at: mark.at as never }).text}`)
  })
  return 0
}

function contextOf(cli: Cli): KillSwitchContext {
  const layout = openCliHome(cli)
  return {
    layout,
    program: { node: cli.node, entry: cli.botProgram, env: cli.env },
    secretsOf: cliSecrets(cli, layout),
    whoHolds: (id) => whoHolds({ layout, challenge: challengeBot }, id),
    now: cli.now,
  }
}

function targetOf(ids: readonly string[], { user, all }: Options): KillTarget {
  const named = Number(ids.length > 0) + Number(user !== undefined) + Number(all === true)
  if (named === 0) refuse('bad-usage', 'No account was named.', 'Name accounts, or use --user U or --all.')
  if (named > 1) refuse('bad-usage', 'Accounts, --user and --all exclude one another.', 'Use one of them.')
  return { ids: [...ids], ...(user === undefined ? {} : { user }), all: all === true }
}

function timeoutOf({ timeout }: Options): number {
  return (timeout === undefined ? USUAL_TIMEOUT_S : wholeNumber(timeout, '--timeout', 1, 3_600)) * 1_000
}

function releaseLine(ids: readonly string[], { user, all }: Options): string {
  return `slipway release ${all === true ? '--all' : user === undefined ? ids.join(' ') : `--user ${user}`}`
}

function scopeText(scope: KillScope): string {
  switch (scope.kind) {
    case 'account':
      return `account ${scope.accountId}`
    case 'user':
      return `user ${scope.userId}`
    case 'all':
      return 'all accounts'
  }
}

const WORDS = {
  flattened: 'flat now',
  flat: 'was flat; no bot runs',
  refused: 'refused',
  failed: 'NOT FLAT',
  'timed-out': 'still closing',
} as const satisfies Record<FlattenOutcome['outcome'], string>

/** @returns the exit code: that of the first account that may not be flat */
function showOutcomes(cli: Cli, outcomes: readonly FlattenOutcome[], footnote: string): number {
  const { out } = cli
  out.answer(outcomes, () => {
    if (outcomes.length === 0) return out.line('No accounts yet. Add one: slipway account add ID --user U --symbol S')
    out.table(
      [
        { title: 'ACCOUNT', text: (row) => row.accountId },
        { title: 'OUTCOME', text: (row) => row.outcome },
        { title: '', text: (row) => WORDS[row.outcome] },
      ],
      outcomes,
    )
  })
  const codes = outcomes.flatMap(({ refusal }) => (refusal === null ? [] : [sayShape(out, refusal)]))
  if (codes.length > 0 && !out.json) out.note(footnote)
  return codes[0] ?? 0
}
