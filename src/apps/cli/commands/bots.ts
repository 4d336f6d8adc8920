import type { StartOutcome, StopOutcome } from '../../../contracts/fleet.ts'
import type { Cli } from '../cli.ts'
import { paintState } from '../paint-state.ts'
import { sayShape } from '../say-shape.ts'
import { wholeNumber } from '../whole-number.ts'
import { withLauncher } from '../with-launcher.ts'
import { accountsNamed } from './accounts-named.ts'

type Options = Readonly<{
  all?: boolean
  wait?: boolean
  timeout?: string
  flatten?: boolean
  keepOrders?: boolean
}>

/** `slipway start ID… | --all [--wait]`. */
export function start(cli: Cli, ids: readonly string[], options: Options): Promise<number> {
  const request = { ...accountsNamed(ids, options.all), ...waiting(options) }
  return withLauncher(cli, async (api) => {
    const outcomes = await api.bots.start(request)
    return showStarts(cli, outcomes)
  })
}

/** `slipway restart ID…`. */
export function restart(cli: Cli, ids: readonly string[], options: Options): Promise<number> {
  const request = { ...accountsNamed(ids, options.all), ...waiting(options) }
  return withLauncher(cli, async (api) => {
    const outcomes = await api.bots.restart(request)
    return showStarts(cli, outcomes)
  })
}

/** `slipway stop ID… | --all [--flatten | --keep-orders]`. */
export function stop(cli: Cli, ids: readonly string[], options: Options): Promise<number> {
  const timeout = options.timeout === undefined ? {} : { timeoutMs: seconds(options.timeout, 600) }
  const how = { flatten: options.flatten === true, keepOrders: options.keepOrders === true }
  const request = { ...accountsNamed(ids, options.all), ...how, ...timeout }
  return withLauncher(cli, async (api) => {
    const outcomes = await api.bots.stop(request)
    return showStops(cli, outcomes)
  })
}

function waiting({ wait, timeout }: Options): { wait: boolean; timeoutMs?: number } {
  return { wait: wait === true, ...(timeout === undefined ? {} : { timeoutMs: seconds(timeout, 3_600) }) }
}

function seconds(text: string, most: number): number {
  return wholeNumber(text, '--timeout', 1, most) * 1_000
}

function showStarts(cli: Cli, outcomes: readonly StartOutcome[]): number {
  cli.out.answer(outcomes, () => {
    if (outcomes.length === 0) return sayNoAccounts(cli)
    cli.out.table(
      [
        { title: 'ACCOUNT', text: (row) => row.accountId },
        { title: 'OUTCOME', text: (row) => row.outcome },
        { title: 'STATE', text: (row) => row.state, paint: (text, row) => paintState(cli.out, row.state, text) },
        { title: 'PID', text: (row) => row.pid, align: 'right' },
        { title: 'REASON', text: (row) => row.reason, flexible: true },
      ],
      outcomes,
    )
  })
  return sayRefusals(cli, outcomes)
}

function showStops(cli: Cli, outcomes: readonly StopOutcome[]): number {
  cli.out.answer(outcomes, () => {
    if (outcomes.length === 0) return sayNoAccounts(cli)
    cli.out.table(
      [
        { title: 'ACCOUNT', text: (row) => row.accountId },
        { title: 'OUTCOME', text: (row) => row.outcome },
        { title: '', text: (row) => (row.killed ? 'did not end when asked and was killed' : '') },
      ],
      outcomes,
    )
  })
  return sayRefusals(cli, outcomes)
}

function sayNoAccounts({ out }: Cli): void {
  out.line('No accounts yet. Add one: slipway account add ID --user U --symbol S')
}

/** @returns the exit code: that of the first account that was refused or failed */
function sayRefusals({ out }: Cli, outcomes: readonly Pick<StartOutcome, 'refusal'>[]): number {
  const codes = outcomes.flatMap(({ refusal }) => (refusal === null ? [] : [sayShape(out, refusal)]))
  return codes[0] ?? 0
}
