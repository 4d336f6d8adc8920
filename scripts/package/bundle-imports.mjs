// What a compiled bundle asks its runtime for. Read from its syntax: minified code keeps no other sign of it.
import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { parseAst } from 'rolldown/parseAst'

/**
 * @param {string} file
 * @returns {{ builtins: string[], packages: string[], files: string[] }} each sorted; a package by the name it is asked for
 */
export function importsOf(file) {
  const asked = new Set()
  collect(parseAst(readFileSync(file, 'utf8')), asked)
  const names = [...asked].sort()
  return {
    builtins: names.filter((name) => isBuiltin(name)),
    packages: names.filter((name) => !isBuiltin(name) && !name.startsWith('.')),
    files: names.filter((name) => name.startsWith('.')),
  }
}

/** The package that a name such as `@scope/name/part` is of. */
export const packageOf = (name) =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/')

function collect(node, asked) {
  if (Array.isArray(node)) for (const one of node) collect(one, asked)
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return
  const name = nameAskedBy(node)
  if (name !== undefined) asked.add(name)
  for (const key in node) if (key !== 'type') collect(node[key], asked)
}

function nameAskedBy(node) {
  if (/^(Import|Export)/.test(node.type ?? '') && node.source) return textOf(node.source)
  if (node.type !== 'CallExpression' || node.arguments.length === 0) return undefined
  const isRequire = node.callee.type === 'Identifier' && /^_*require/.test(node.callee.name)
  return isRequire ? textOf(node.arguments[0]) : undefined
}

function textOf(node) {
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value
  return node.type === 'TemplateLiteral' && node.expressions.length === 0 ? node.quasis[0].value.cooked : undefined
}
