import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Lets a launcher of this home run no local cloud: for tests of something else. */
export function withoutCloud(home: string): void {
  writeFileSync(join(home, 'cloud.json'), '{"version":1,"server":{"kind":"none"}}\n')
}
