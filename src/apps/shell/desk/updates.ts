import type { AppUpdater } from 'electron-updater'

/** The parts of electron-updater that are used; it comes in as an argument, because it needs Electron when it loads. */
export type Updater = Pick<
  AppUpdater,
  'autoDownload' | 'autoInstallOnAppQuit' | 'allowDowngrade' | 'logger' | 'on' | 'checkForUpdates' | 'quitAndInstall'
>

export type UpdateState =
  | { readonly kind: 'none' }
  | { readonly kind: 'checking' }
  | { readonly kind: 'ready'; readonly version: string }

export type Updates = Readonly<{
  get: () => UpdateState
  /** Looks now; `told` when a person asked, who then hears of "nothing new" and of failures too. */
  check: (told: boolean) => void
  /** Ends the window, puts the new version in place and opens it; launcher and bots run elsewhere and go on. */
  install: () => void
  stop: () => void
}>

export type UpdatesContext = Readonly<{
  updater: Updater
  onChange: () => void
  tell: (title: string, body: string) => void
}>

const FIRST_LOOK_MS = 30_000
const LOOK_EVERY_MS = 6 * 60 * 60_000

/**
 * Updates of the window. They are fetched by themselves and installed when the person quits, or says so; nothing here
 * restarts anything on its own, and a bot keeps the runtime it was started with until a person restarts it.
 */
export function openUpdates({ updater, onChange, tell }: UpdatesContext): Updates {
  let state: UpdateState = { kind: 'none' }
  let isTold = false

  const become = (next: UpdateState) => {
    state = next
    onChange()
  }
  const say = (title: string, body: string) => {
    if (isTold) tell(title, body)
    isTold = false
  }

  updater.autoDownload = true
  updater.autoInstallOnAppQuit = true
  updater.allowDowngrade = false
  updater.logger = null
  updater.on('checking-for-update', () => {
    if (state.kind === 'none') become({ kind: 'checking' })
  })
  updater.on('update-not-available', () => {
    if (state.kind === 'checking') become({ kind: 'none' })
    say('Slipway is up to date', 'There is no newer version.')
  })
  updater.on('update-available', ({ version }) => {
    say(`Slipway ${version} is being fetched`, 'You will be told when it is ready. Bots are not touched.')
  })
  updater.on('update-downloaded', ({ version }) => {
    isTold = false
    become({ kind: 'ready', version })
    tell(
      `Slipway ${version} is ready`,
      'It is installed when you quit the window. Bots keep running as they are; each takes the new version when you restart it.',
    )
  })
  updater.on('error', () => {
    if (state.kind === 'checking') become({ kind: 'none' })
    say('No update could be fetched', 'Check the network, then look again from the menu.')
  })

  function check(told: boolean): void {
    isTold = told
    // The `error` event has told of it already.
    updater.checkForUpdates().catch(() => undefined)
  }

  const first = setTimeout(() => check(false), FIRST_LOOK_MS)
  const every = setInterval(() => check(false), LOOK_EVERY_MS)
  first.unref?.()
  every.unref?.()
  return {
    get: () => state,
    check,
    install: () => updater.quitAndInstall(false, true),
    stop() {
      clearTimeout(first)
      clearInterval(every)
    },
  }
}
