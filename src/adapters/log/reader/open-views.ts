import { logFilesIn } from '../log-files.ts'
import type { Scanner } from '../scan/scanner.ts'
import { bothFilters, lineFilter, type LineWish } from './line-filter.ts'
import { LogMoved, openSource, type LogSource } from './log-source.ts'
import type { LogView } from './log-view.ts'
import { openMergedView } from './merged-view.ts'
import { openSingleView } from './single-view.ts'

/** A log by its folder and how its files' names begin, and whose it is; the segment where its account has several. */
export type LogRef = Readonly<{ id: string; segment?: string | undefined; folder: string; prefix: string }>

/** Which lines of which logs; a line must meet every wish. */
export type ViewAsk = Readonly<{ logs: readonly LogRef[]; wishes: readonly LineWish[] }>

export type OpenView = Readonly<{ view: LogView; sources: readonly LogSource[]; generation: string }>

/** The views that were asked for lately. */
export type OpenViews = Readonly<{
  /** Looks at the files and gives the view over them as they are now: the one there was, or a new one if they are others. */
  look: (ask: ViewAsk) => OpenView
  /** Does something with the view; where its files move meanwhile, looks again and begins again. */
  with: <T>(ask: ViewAsk, work: (open: OpenView) => T) => T
  close: () => void
}>

/** A view takes up to 2 MB, a log a descriptor. */
const MOST_VIEWS = 12
const MOST_SOURCES = 128
const MOST_TRIES = 5

export function openViews(scanner: Scanner): OpenViews {
  const sources = new Map<string, LogSource>()
  const views = new Map<string, OpenView>()

  function sourceOf({ folder, prefix }: LogRef): LogSource {
    const key = JSON.stringify([folder, prefix])
    const there = sources.get(key)
    const source = there ?? openSource(() => logFilesIn(folder, (log) => log.startsWith(prefix)))
    putLast(sources, key, source)
    forgetOldest(sources, MOST_SOURCES, (gone) => gone.close())
    return source
  }

  function look({ logs, wishes }: ViewAsk): OpenView {
    const used = logs.map(sourceOf)
    for (const source of used) source.refresh()
    const generation = used.map((source) => source.generation()).join('.')
    const key = JSON.stringify([logs, wishes])
    const there = views.get(key)
    if (there?.generation === generation && there.sources.every((source, at) => source === used[at])) {
      putLast(views, key, there)
      return there
    }
    const filter = wishes.map((wish) => lineFilter(wish)).reduce(bothFilters, lineFilter({}))
    const view = used.length === 1 ? openSingleView(used[0]!, scanner, filter) : openMergedView(used, scanner, filter)
    const opened = { view, sources: used, generation }
    putLast(views, key, opened)
    forgetOldest(views, MOST_VIEWS, () => undefined)
    return opened
  }

  return {
    look,
    with(ask, work) {
      for (let tries = 1; ; tries++) {
        try {
          return work(look(ask))
        } catch (error) {
          if (!(error instanceof LogMoved) || tries === MOST_TRIES) throw error
        }
      }
    },
    close() {
      for (const source of sources.values()) source.close()
      sources.clear()
      views.clear()
    },
  }
}

function putLast<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key)
  map.set(key, value)
}

function forgetOldest<T>(map: Map<string, T>, most: number, forget: (value: T) => void): void {
  for (const [key, value] of map) {
    if (map.size <= most) return
    map.delete(key)
    forget(value)
  }
}
