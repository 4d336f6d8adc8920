import { refusal, type Refusal } from '../../domain/failure/refusal.ts'
import { nearestNames } from '../../domain/failure/nearest-names.ts'
import { STRATEGIES } from '../../domain/strategy/index.ts'
import type { StrategyDescription } from '../../domain/strategy/plug-in.ts'
import { describePlugIns, type LookProgram } from './describe-plug-in.ts'
import { findPlugIn, plugInIds } from './find-plug-in.ts'

/** One strategy in a list. A plug-in that can't be used is in it too, with why. */
export type ListedStrategy = Readonly<{
  id: string
  title: string
  kind: 'built-in' | 'plug-in'
  /** What is loaded; null for a built-in strategy. */
  file: string | null
  parameters: StrategyDescription['parameters']
  problem: Refusal | null
}>

/** The strategies of a home: the built-in ones and its plug-ins, looked at in a process of their own. */
export type PlugInShelf = Readonly<{
  /** A plug-in as it was when it was last read; undefined when it never was, or could not be. */
  known(name: string): StrategyDescription | undefined
  /** Loads a plug-in anew. @returns its description, or `strategy-unknown`, or `strategy-invalid` */
  read(name: string): Promise<StrategyDescription | Refusal>
  /** @param more plug-ins by path, which the home's folder does not have */
  list(more?: readonly string[]): Promise<readonly ListedStrategy[]>
}>

export function openPlugInShelf(layout: Readonly<{ strategies: string }>, program: LookProgram): PlugInShelf {
  const seen = new Map<string, StrategyDescription>()

  async function readAll(names: readonly string[]): Promise<readonly (StrategyDescription | Refusal)[]> {
    const places = names.map((name) => findPlugIn(layout, name) ?? unknownStrategy(layout, name))
    const files = places.flatMap((place) => ('code' in place ? [] : [place]))
    const described = (await describePlugIns(program, files)).values()
    return places.map((place, index) => {
      if ('code' in place) return place
      const name = names[index]!
      const found = described.next().value!
      if ('code' in found) seen.delete(name)
      else seen.set(name, found)
      return found
    })
  }

  function listed(name: string, found: StrategyDescription | Refusal): ListedStrategy {
    const file = findPlugIn(layout, name)
    const place = { kind: 'plug-in', file: file && 'entry' in file ? file.entry : null } as const
    if ('code' in found) return { id: name, title: name, ...place, parameters: [], problem: found }
    // What an account is set to: a path stays a path.
    return { ...found, id: name, ...place, problem: null }
  }

  return {
    known: (name) => seen.get(name),
    read: async (name) => (await readAll([name]))[0]!,
    list: async (more = []) => {
      const builtIn = Object.values(STRATEGIES).map(({ id, title, parameters }) => ({
        ...{ id, title, parameters },
        ...{ kind: 'built-in' as const, file: null, problem: null },
      }))
      const names = [...plugInIds(layout), ...more]
      const found = await readAll(names)
      const plugIns = names.map((name, index) => listed(name, found[index]!))
      return [...builtIn, ...plugIns]
    },
  }
}

/** The refusal for a name that is neither built in nor a plug-in of the home. */
export function unknownStrategy(layout: Readonly<{ strategies: string }>, name: string): Refusal {
  const known = [...Object.keys(STRATEGIES), ...plugInIds(layout)]
  const near = nearestNames(name, known, 1)[0]
  return refusal(
    'strategy-unknown',
    `${JSON.stringify(name)} is no strategy we know.`,
    near === undefined ? `Choose one of: ${known.join(', ')}.` : `Did you mean ${near}?`,
  )
}
