import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { buildProgram } from '../../src/apps/cli/program.ts'
import { repoRoot } from '../support/repo-root.ts'

const program = buildProgram(async () => undefined)

/** Every page a user reads; decisions are of their time. */
const pages = ['README.md', ...readdirSync(join(repoRoot, 'docs')).filter((name) => name.endsWith('.md'))].map(
  (name) => ({ name, text: readFileSync(join(repoRoot, name === 'README.md' ? '' : 'docs', name), 'utf8') }),
)

/** What a page tells its reader to type: in a line of code, and between backticks, across the end of a line too. */
function commandsIn(text: string): string[] {
  const inline = [...text.matchAll(/`(?:npx )?slipway ([^`]+)`/g)].map((match) => match[1] ?? '')
  const lines = [...text.matchAll(/^(?: {4}|\$ )?(?:npx )?slipway (.+)$/gm)].map((match) => match[1] ?? '')
  return [...inline, ...lines.map((line) => line.replace(/ {2,}.*| # .*|`.*/, ''))]
}

/** The command that words name, and the words after its name; a group where they name no command of it. */
function commandOf(words: readonly string[]): { command: Command; rest: readonly string[] } {
  let command = program
  let rest = words
  while (command.commands.length > 0) {
    const named = (at: number) =>
      command.commands.find((it) => it.name() === rest[at] || it.aliases().includes(rest[at]!))
    // `slipway trade ID buy …`: the account may come first.
    const at = named(0) || command.name() !== 'trade' ? 0 : 1
    const found = named(at)
    if (!found) break
    command = found
    rest = [...rest.slice(0, at), ...rest.slice(at + 1)]
  }
  return { command, rest }
}

/** What is wrong with a command as it is written; undefined: nothing. */
function faultOf(written: string): string | undefined {
  const words = written.split(/\s+/).map((word) => word.replace(/^\[|[\],;.]+$/g, ''))
  if (/^(<|--help|help|…)/.test(words[0] ?? '')) return undefined
  const { command, rest } = commandOf(words)
  if (command === program) return `slipway ${written}: no such command`
  const flags = new Set([...command.options.flatMap(({ long, short }) => [long, short]), '--help', '-h'])
  const wrong = rest.filter((word) => /^--?[a-z]/.test(word) && !flags.has(word.replace(/=.*/, '')))
  const [extra] = rest
  if (command.commands.length > 0 && extra !== undefined && /^[a-z]/.test(extra))
    return `slipway ${written}: ${command.name()} has no command ${extra}`
  return wrong.length > 0 ? `slipway ${written}: no option ${wrong.join(' ')}` : undefined
}

describe('commands named in documents', () => {
  it.each(pages)('$name names none, and no option, that the program does not have', ({ text }) => {
    expect(commandsIn(text).flatMap((written) => faultOf(written) ?? [])).toEqual([])
  })

  it('are found in most pages', () => {
    expect(pages.filter(({ text }) => commandsIn(text).length > 0).length).toBeGreaterThan(pages.length / 2)
  })
})

describe('links of documents', () => {
  it.each(pages)('$name leads to files that exist', ({ name, text }) => {
    const folder = name === 'README.md' ? repoRoot : join(repoRoot, 'docs')
    const links = [...text.matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)].map((match) => match[1] ?? '')
    expect(links.filter((link) => !existsSync(join(folder, link)))).toEqual([])
  })

  it.each(pages)('$name leads to headings that exist', ({ name, text }) => {
    const folder = name === 'README.md' ? repoRoot : join(repoRoot, 'docs')
    const links = [...text.matchAll(/\]\(((?!https?:)[^)#\s]*)#([^)\s]+)\)/g)]
    const missing = links.filter(([, file = '', anchor = '']) => {
      const target = file === '' ? text : readFileSync(join(folder, file), 'utf8')
      return !anchorsOf(target).has(anchor)
    })
    expect(missing.map(([link]) => link)).toEqual([])
  })
})

function anchorsOf(text: string): ReadonlySet<string> {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map((match) => match[1] ?? '')
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
}
