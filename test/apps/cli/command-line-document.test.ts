import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { buildProgram } from '../../../src/apps/cli/program.ts'
import { EXIT_CODE_OF } from '../../../src/domain/failure/refusal.ts'
import { repoRoot } from '../../support/repo-root.ts'

const document = readFileSync(join(repoRoot, 'docs', 'command-line.md'), 'utf8')
const program = buildProgram(async () => undefined)

/** Commands that do something, each as it is written: `account add <id>`. */
function commandsOf(parent: Command, path: readonly string[] = []): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const command of parent.commands) {
    const words = [...path, command.name()]
    for (const [usage, options] of commandsOf(command, words)) found.set(usage, options)
    if (command.commands.length > 0) continue
    const parameters = command.registeredArguments.map((argument) => {
      const name = argument.name() + (argument.variadic ? '...' : '')
      return argument.required ? `<${name}>` : `[${name}]`
    })
    found.set(
      [...words, ...parameters].join(' '),
      command.options.map((option) => option.flags.replace(/^-\w, /, '')),
    )
  }
  return found
}

/** What the document says: a heading for each command, a table row for each option. */
function documented(): Map<string, string[]> {
  const sections = document.split(/^### /m).slice(1)
  return new Map(
    sections.map((section) => [
      /^`slipway ([^`]+)`/.exec(section)?.[1] ?? '',
      [...section.matchAll(/^\| (?:`-\w`, )?`(--[^`]+)` \|/gm)].map((match) => match[1] ?? ''),
    ]),
  )
}

describe('docs/command-line.md', () => {
  const inProgram = commandsOf(program)
  const inDocument = documented()

  it('has every command of the program, and no other', () => {
    expect([...inDocument.keys()].toSorted()).toEqual([...inProgram.keys()].toSorted())
  })

  it.each([...inProgram])('has every option of slipway %s, and no other', (usage, options) => {
    expect(inDocument.get(usage)?.toSorted()).toEqual(options.toSorted())
  })

  it('has every refusal code with its exit code', () => {
    const rows = [...document.matchAll(/^\| (\d) \| [^|]+ \| ([^|]*)\|$/gm)]
    const codes = rows.flatMap(([, exit, list = '']) =>
      [...list.matchAll(/`([^`]+)`/g)].map((match) => [match[1] ?? '', Number(exit)] as const),
    )
    expect(Object.fromEntries(codes)).toEqual(EXIT_CODE_OF)
  })
})
