// Runs the bench file given first and writes its figures to the file given second.
import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const [file, answer] = process.argv.slice(2)
const { name, run } = await import(pathToFileURL(file).href)
const { figures } = await run()
writeFileSync(answer, JSON.stringify({ title: name, figures }))
// What a bench started and did not end must not keep the report waiting.
process.exit(0)
