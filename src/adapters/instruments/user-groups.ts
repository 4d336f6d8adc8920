import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Refused, refusal } from '../../domain/failure/refusal.ts'
import { openCorrelationGroups, type CorrelationGroup, type GroupOf } from '../../domain/risk/correlation-groups.ts'
import type { HomeLayout } from '../home/layout.ts'

/**
 * The correlation groups of a home: ours, with those of `correlation-groups.json` in their place where it names the same.
 *
 * @throws {Refused} 'instrument-file-invalid' when that file is there and can't be read
 */
export function correlationGroups({ root }: Pick<HomeLayout, 'root'>): GroupOf {
  const path = join(root, 'correlation-groups.json')
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return openCorrelationGroups()
    throw invalid(path, (error as Error).message)
  }
  return openCorrelationGroups(parsed(text, path))
}

function parsed(text: string, path: string): CorrelationGroup[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw invalid(path, (error as Error).message)
  }
  const groups: unknown = (value as { groups?: unknown } | null)?.groups
  if (!Array.isArray(groups)) throw invalid(path, 'it has no list "groups"')
  return groups.map((group: unknown, i) => {
    const { name, members, rule = '' } = (group ?? {}) as Record<string, unknown>
    // A colon parts a group from its direction where room is counted.
    if (typeof name !== 'string' || !/^[A-Za-z0-9._-]{1,40}$/.test(name))
      throw invalid(path, `group ${i + 1} has no name of letters, digits, dots and dashes`)
    if (!Array.isArray(members) || !members.every((member) => typeof member === 'string' && member !== ''))
      throw invalid(path, `the members of ${name} are no list of symbols`)
    return { name, rule: String(rule), members: members as string[] }
  })
}

function invalid(path: string, why: string): Refused {
  return new Refused(
    refusal(
      'instrument-file-invalid',
      `${path} can't be used: ${why}.`,
      'Write {"groups":[{"name":"mine","rule":"why","members":["ES","NQ"]}]}, or take the file away.',
    ),
  )
}
