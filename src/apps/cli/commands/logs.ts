import type { LogLine } from '../../../contracts/launcher/logs.ts'
import { refuse, Refused } from '../../../domain/failure/refusal.ts'
import type { Cli } from '../cli.ts'
import { logText } from '../log-text.ts'
import { wholeNumber } from '../whole-number.ts'
import { withLauncher } from '../with-launcher.ts'

export type LogsOptions = Readonly<{
  follow?: boolean
  segment?: string
  level?: string
  grep?: string
  since?: string
  limit?: string
}>

/** `slipway logs ID [-f]`. Following ends at Ctrl-C; with --json it prints one JSON value a line. */
export function logs(cli: Cli, id: string, options: LogsOptions): Promise<number> {
  const { follow, segment, level, grep, since } = options
  const limit = options.limit === undefined ? undefined : wholeNumber(options.limit, '--limit', 1, 10_000)
  if (follow && since !== undefined)
    refuse('bad-usage', '--since and --follow do not go together.', 'Use --limit N to begin with the last N lines.')
  const filter = {
    ...(segment === undefined ? {} : { segment }),
    ...(level === undefined ? {} : { level }),
    ...(grep === undefined ? {} : { grep }),
  }
  const show = (line: LogLine) => cli.out.line(cli.out.json ? JSON.stringify(line) : logText(line, cli.out))
  return withLauncher(cli, async (api) => {
    if (!follow) {
      const { lines } = await api.logs.read({
        ...{ id, ...filter },
        ...(limit === undefined ? {} : { limit }),
        ...(since === undefined ? {} : { since }),
      })
      cli.out.answer(lines, () => {
        for (const line of lines) show(line)
        if (lines.length === 0) cli.out.note(`Account ${id} has no such lines in its log.`)
      })
      return 0
    }
    const signal = cli.interruption()
    try {
      const stream = await api.logs.follow(
        { id, ...filter, ...(limit === undefined ? {} : { tail: limit }) },
        { signal },
      )
      for await (const line of stream) show(line)
    } catch (error) {
      if (error instanceof Refused && !signal.aborted) throw error
    }
    if (!signal.aborted)
      refuse(
        'launcher-unreachable',
        'The launcher ended, and the log can not be followed any more.',
        `Go on with: slipway logs ${id} -f`,
      )
    return 0
  })
}
