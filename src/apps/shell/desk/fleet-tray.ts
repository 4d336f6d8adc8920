import type { Electron } from '../electron.ts'
import { fleetLine, needsAttention, trayMenu, type MenuState, type ShellActions } from './menu-items.ts'

export type TrayIcons = Readonly<{ usual: string; attention: string }>

export type FleetTray = Readonly<{ show: (state: MenuState) => void; remove: () => void }>

/** The symbol beside the clock: how the fleet is, and what can be done about it without the window. */
export function openTray(
  electron: Pick<Electron, 'Tray' | 'Menu' | 'nativeImage'>,
  icons: TrayIcons,
  actions: ShellActions,
  platform: NodeJS.Platform,
): FleetTray {
  const image = (path: string) => {
    const loaded = electron.nativeImage.createFromPath(path)
    // macOS draws a template in the colour of its menu bar.
    if (platform === 'darwin') loaded.setTemplateImage(true)
    return loaded
  }
  const images = { usual: image(icons.usual), attention: image(icons.attention) }
  const tray = new electron.Tray(images.usual)
  // On macOS, and on most Linux desktops, a click opens the menu; on Windows it is expected to open the window.
  if (platform !== 'darwin') tray.on('click', () => actions.openWindow())
  let shown = ''

  return {
    show(state) {
      const line = `Slipway: ${fleetLine(state)}`
      const menu = trayMenu(state, actions)
      // A menu that is open closes when it is replaced, so it is replaced only when it says something else.
      const says = JSON.stringify(menu)
      if (says === shown) return
      shown = says
      tray.setImage(needsAttention(state) ? images.attention : images.usual)
      tray.setToolTip(line.slice(0, 127))
      if (platform === 'darwin') {
        const troubled = state.summary?.troubled.length ?? 0
        tray.setTitle(state.launcher === 'ready' && troubled > 0 ? String(troubled) : '')
      }
      tray.setContextMenu(electron.Menu.buildFromTemplate(menu))
    },
    remove: () => tray.destroy(),
  }
}
