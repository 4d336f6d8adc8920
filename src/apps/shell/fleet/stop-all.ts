import type { LauncherApi } from '../../../adapters/launcher-client/connect-launcher.ts'
import type { AccountStatus } from '../../../contracts/fleet.ts'
import { Refused } from '../../../domain/failure/refusal.ts'
import type { Electron, Window } from '../electron.ts'
import { summarizeFleet } from './fleet-summary.ts'

export type StopAllContext = Readonly<{
  electron: Pick<Electron, 'dialog'>
  api: { readonly bots: Pick<LauncherApi['bots'], 'stop'>; readonly status: LauncherApi['status'] }
  /** To ask in front of, where there is one. */
  window: () => Window | undefined
  tell: (title: string, body: string) => void
}>

const MOST_NAMED = 8

/**
 * Stops every bot that runs, after asking. Stopping closes no position, which is what the question says first.
 *
 * The fleet is asked for anew: what a menu shows may be a moment old, and which bots are stopped must not be.
 */
export async function stopAll(ctx: StopAllContext): Promise<void> {
  try {
    const { running } = summarizeFleet((await ctx.api.status({})) as AccountStatus[])
    if (running.length === 0) return void (await say(ctx, 'info', 'No bot is running', 'There is nothing to stop.'))
    if (!(await isMeant(ctx, running))) return
    const outcomes = await ctx.api.bots.stop({ ids: running.map(({ accountId }) => accountId) })
    const left = outcomes.filter(({ outcome }) => outcome !== 'stopped' && outcome !== 'not-running')
    if (left.length === 0)
      return ctx.tell('All bots are stopped', `${count(outcomes.length)} stopped. Open positions stay open.`)
    const names = left.map(({ accountId, refusal }) => `${accountId}: ${refusal?.message ?? 'it did not end in time'}`)
    await say(
      ctx,
      'error',
      `${count(left.length)} could not be stopped`,
      `${listed(names)}\n\nOpen the account, or stop it with: slipway stop ${left.map(({ accountId }) => accountId).join(' ')}`,
    )
  } catch (error) {
    const detail =
      error instanceof Refused
        ? `${error.refusal.message} ${error.refusal.nextStep}`
        : 'Look at the fleet, then try again.'
    await say(ctx, 'error', 'The bots could not be stopped', detail)
  }
}

async function isMeant(ctx: StopAllContext, running: readonly AccountStatus[]): Promise<boolean> {
  const live = running.filter(({ mode }) => mode === 'live').length
  const held = running.filter(({ position, holdings }) => position !== 0 || holdings?.some((it) => it.quantity !== 0))
  const facts = [
    `${count(running.length)} will stop: ${live} live, ${running.length - live} paper.`,
    held.length === 0
      ? 'None of them holds a position.'
      : `Positions are NOT closed. These hold one: ${listed(held.map(({ accountId }) => accountId))}. To close them, use Flatten all in the window.`,
  ]
  const { response } = await ask(ctx, {
    ...{ type: 'warning', title: 'Stop all bots', message: 'Stop all bots?', detail: facts.join('\n\n') },
    ...{ buttons: ['Keep them running', `Stop ${count(running.length)}`], defaultId: 0, cancelId: 0, noLink: true },
  })
  return response === 1
}

function say(ctx: StopAllContext, type: 'info' | 'error', message: string, detail: string) {
  return ask(ctx, { type, title: 'Stop all bots', message, detail, buttons: ['Close'] })
}

function ask({ electron: { dialog }, window }: StopAllContext, options: Electron.MessageBoxOptions) {
  const over = window()
  return over ? dialog.showMessageBox(over, options) : dialog.showMessageBox(options)
}

function count(n: number): string {
  return n === 1 ? '1 bot' : `${n} bots`
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMED).join(', ')
  return names.length > MOST_NAMED ? `${shown} and ${names.length - MOST_NAMED} more` : shown
}
