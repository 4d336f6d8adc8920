import type { HeardSignal, SharingAccount, SignalsState } from '../../../contracts/launcher/signals.ts'
import { refuse, Refused } from '../../../domain/failure/refusal.ts'
import type { Cli } from '../cli.ts'
import { formatTable, type Column } from '../table.ts'
import { isoTime } from '../time-text.ts'
import { withLauncher, type LauncherApi } from '../with-launcher.ts'

const COLUMNS: readonly Column<HeardSignal>[] = [
  { title: 'TIME', text: ({ at }) => isoTime(Math.floor(Date.parse(at) / 1_000) * 1_000) },
  { title: 'MARKET', text: ({ symbolClass }) => symbolClass },
  { title: 'SIDE', text: ({ side }) => side },
  { title: 'STRATEGY', flexible: true, text: ({ strategy }) => strategy },
  { title: 'CONFIDENCE', align: 'right', text: ({ confidence }) => confidence.toFixed(2) },
  { title: 'PRICES', text: ({ source }) => (source === 'synthetic' ? 'made up' : (source ?? null)) },
  { title: 'FROM', text: ({ accountId }) => accountId ?? 'others' },
]

/** `slipway cloud signals [--follow]`. Following ends at Ctrl-C; with --json it prints one JSON value a line. */
export function cloudSignals(cli: Cli, { follow }: Readonly<{ follow?: boolean }>): Promise<number> {
  return withLauncher(cli, async (api) => {
    if (follow) return await followSignals(cli, api)
    const state = await api.signals()
    cli.out.answer(state, () => {
      cli.out.line(heardText(state))
      for (const account of state.sharing) cli.out.line(`Sharing    ${sharingText(account)}`)
      if (state.sharing.length === 0)
        cli.out.line('Sharing    no account; one shares with: slipway account edit ID --set cloud.signals=share')
      if (state.signals.length > 0) cli.out.table(COLUMNS, state.signals)
    })
    return 0
  })
}

/** Oldest first, as they came; what comes while nobody asked is not lost unless it is more than the launcher keeps. */
async function followSignals(cli: Cli, api: LauncherApi): Promise<number> {
  const signal = cli.interruption()
  let seen = 0
  let isTold = false
  try {
    const stream = await api.live.stream({ topics: 'signals', fresh: '' }, { signal })
    for await (const event of stream) {
      if (event.type !== 'signals') continue
      const state = await api.signals(undefined, { signal })
      const fresh = state.signals.filter(({ id }) => id > seen).toReversed()
      if (!isTold && fresh.length === 0) cli.out.note(`${heardText(state)}. Waiting for the first; Ctrl-C ends.`)
      isTold = true
      seen = Math.max(seen, ...fresh.map(({ id }) => id))
      for (const one of fresh) cli.out.line(cli.out.json ? JSON.stringify(one) : lineOf(one))
    }
  } catch (error) {
    if (!signal.aborted && error instanceof Refused) throw error
  }
  if (!signal.aborted)
    refuse(
      'launcher-unreachable',
      'The launcher ended, and signals can not be followed any more.',
      'Go on with: slipway cloud signals -f',
    )
  return 0
}

function lineOf(signal: HeardSignal): string {
  return formatTable(COLUMNS, [signal], undefined)[1]!
}

function heardText({ cloud, listening, since, signals }: SignalsState): string {
  if (cloud === 'none') return 'Heard      nothing: no cloud is used; choose one with: slipway cloud use'
  if (listening === 'none') return 'Heard      nothing yet: nobody listens before there is an account'
  const from = `since ${isoTime(Date.parse(since))}; earlier ones are not kept`
  if (listening === 'connecting')
    return `Heard      ${signals.length} ${from}; the cloud is not reached just now: slipway cloud status`
  if (listening === 'no-lease')
    return `Heard      ${signals.length} ${from}; a team's cloud tells signals to who holds a licence, while a live bot runs: slipway licence set`
  return `Heard      ${signals.length} ${from}`
}

function sharingText({ accountId, state, shared, problem }: SharingAccount): string {
  switch (state) {
    case 'replay':
      return `${accountId}: nothing, while it replays history`
    case 'own-strategy':
      return `${accountId}: nothing; a strategy of your own is told to no team`
    case 'no-lease':
      return `${accountId}: nothing; a team's cloud takes signals of who holds a licence: slipway licence set`
    case 'shares':
      if (problem) return `${accountId}: the last one was not taken. ${problem.message} ${problem.nextStep}`
      return `${accountId}: ${shared === 0 ? 'with its next entry' : `${shared} so far`}`
  }
}
