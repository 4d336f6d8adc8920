/** Opens the home named by the first argument, and tells the root, or the refusal, as JSON on standard output. */
import { openHome } from '../../src/adapters/home/open-home.ts'
import { Refused } from '../../src/domain/failure/refusal.ts'

try {
  const layout = openHome(process.argv[2] ?? '')
  process.stdout.write(JSON.stringify({ root: layout.root }) + '\n')
} catch (error) {
  if (!(error instanceof Refused)) throw error
  process.stdout.write(JSON.stringify({ refusal: error.refusal }) + '\n')
}
