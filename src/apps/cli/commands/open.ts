import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { hasBrowser, openBrowser } from '../../launcher/open-browser.ts'
import { openCliHome, type Cli } from '../cli.ts'
import { withLauncher } from '../with-launcher.ts'

/** `slipway open`: the page in a browser, or its one-time address where there is none. */
export function open(cli: Cli): Promise<number> {
  return withLauncher(cli, async (api) => {
    const { url } = await api.open()
    cli.out.answer({ url }, () => {
      if (hasBrowser(cli.env, process.platform)) {
        forgetOldPages(openCliHome(cli).run, cli.now())
        openBrowser(url, openCliHome(cli).run, process.platform)
        cli.out.note('Opening the page in your browser. If it does not appear, go to:')
      }
      cli.out.line(url)
    })
    return 0
  })
}

/** A page that led a browser to us outlives this program; the next one clears it away. */
const PAGE_LIFE_MS = 60_000

function forgetOldPages(folder: string, now: number): void {
  for (const name of readdirSync(folder).filter((it) => /^open-[0-9a-f]+\.html$/.test(it))) {
    const page = join(folder, name)
    const writtenAt = statSync(page, { throwIfNoEntry: false })?.mtimeMs ?? now
    if (now - writtenAt > PAGE_LIFE_MS) rmSync(page, { force: true })
  }
}
