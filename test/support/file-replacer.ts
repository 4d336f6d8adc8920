import { replaceFile } from '../../src/adapters/file/replace-file.ts'
import { Refused } from '../../src/domain/failure/refusal.ts'

/** Puts a text of some length in place of a file, and prints the code of what refused it, or `written`. */
const [path, length] = process.argv.slice(2)
try {
  replaceFile(path!, 'n'.repeat(Number(length)))
  process.stdout.write('written')
} catch (error) {
  process.stdout.write(error instanceof Refused ? error.refusal.code : String(error))
}
