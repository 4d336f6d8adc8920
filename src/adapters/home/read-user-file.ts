import { readFileSync } from 'node:fs'
import type { z } from 'zod'
import { nearestNames } from '../../domain/failure/nearest-names.ts'

/**
 * A JSON file that the user wrote, in the home folder.
 *
 * @param schema made when there is a file to read, because schemas are a good part of a start
 * @param fields names of every field, for the ones that are mistyped
 * @returns what it says, nothing where there is no file, or in `wrong` one sentence with its path and what is wrong
 */
export function readUserFile<T>(
  file: string,
  schema: () => z.ZodType<T>,
  fields: readonly string[],
): Readonly<{ value: T | undefined } | { wrong: string }> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { value: undefined }
    return { wrong: `${file} can't be read (${(error as Error).message}).` }
  }
  let json: unknown
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    return { wrong: `${file} is no JSON (${(error as Error).message}).` }
  }
  const parsed = schema().safeParse(json)
  return parsed.success ? { value: parsed.data } : { wrong: `${file}: ${firstIssue(parsed.error, fields)}.` }
}

function firstIssue(error: z.ZodError, fields: readonly string[]): string {
  const issue = error.issues[0]!
  const where = issue.path.length > 0 ? issue.path.join('.') : 'the file'
  if (issue.code !== 'unrecognized_keys') return `${where}: ${issue.message}`
  const field = issue.keys[0]!
  if (fields.includes(field)) return `${where} has a field ${field}, which does not belong there`
  const near = nearestNames(field, fields, 1)[0]
  return `${where} has an unknown field ${field}${near ? ` (did you mean ${near}?)` : ''}`
}
