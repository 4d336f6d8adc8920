import { hasBrowser, openBrowser } from '../../launcher/open-browser.ts'
import { openCliHome, type Cli } from '../cli.ts'
import { withLauncher } from '../with-launcher.ts'

/** `slipway open`: the page in a browser, or its one-time address where there is none. */
export function open(cli: Cli): Promise<number> {
  return withLauncher(cli, async (api) => {
    const { url } = await api.open()
    cli.out.answer({ url }, () => {
      if (hasBrowser(cli.env, process.platform)) {
        openBrowser(url, openCliHome(cli).run, process.platform)
        cli.out.note('Opening the page in your browser. If it does not appear, go to:')
      }
      cli.out.line(url)
    })
    return 0
  })
}
