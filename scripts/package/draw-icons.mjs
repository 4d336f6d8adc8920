// Draws every icon from its SVG, with the browser that the tests use: node scripts/package/draw-icons.mjs
// The results are part of the repository, because packaging should not need a browser.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { root } from '../checkout/paths.mjs'
import { report } from '../checkout/trouble.mjs'
import { findOrInstallChromium } from '../chromium.mjs'
import { asIcns, asIco, ICNS_TYPES } from './icon-files.mjs'

const icons = join(root, 'resources', 'icons')
const APP_SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024]
const WINDOWS_SIZES = [16, 24, 32, 48, 64, 128, 256]
const WINDOWS_TRAY_SIZES = [16, 20, 24, 32, 48]
const TRAY_PX = 24
const MAC_TRAY_PX = 18

/** macOS leaves room around an icon's shape: 824 of 1024 pixels are the shape's. */
const MAC_SHAPE = 824 / 1024

async function main() {
  const executablePath = await findOrInstallChromium(process.env, process.platform)
  const browser = await chromium.launch({ executablePath })
  try {
    const page = await browser.newPage()
    const draw = (name, size, shape = 1) => drawn(page, readFileSync(join(icons, `${name}.svg`), 'utf8'), size, shape)
    const put = (name, data) => writeFileSync(join(icons, name), data)

    const pngs = new Map()
    for (const size of APP_SIZES) pngs.set(size, await draw('slipway', size))
    mkdirSync(join(icons, 'png'), { recursive: true })
    for (const [size, png] of pngs) put(join('png', `${size}x${size}.png`), png)
    put('slipway.ico', asIco(WINDOWS_SIZES.map((size) => ({ size, png: pngs.get(size) }))))
    const mac = new Map()
    for (const { size } of ICNS_TYPES) if (!mac.has(size)) mac.set(size, await draw('slipway', size, MAC_SHAPE))
    put('slipway.icns', asIcns(mac))

    for (const name of ['tray', 'tray-attention']) {
      put(`${name}.png`, await draw(name, TRAY_PX))
      put(`${name}@2x.png`, await draw(name, 2 * TRAY_PX))
      put(`${name}Template.png`, await draw(`${name}-template`, MAC_TRAY_PX))
      put(`${name}Template@2x.png`, await draw(`${name}-template`, 2 * MAC_TRAY_PX))
      const pictures = []
      for (const size of WINDOWS_TRAY_SIZES) pictures.push({ size, png: await draw(name, size) })
      put(`${name}.ico`, asIco(pictures))
    }
  } finally {
    await browser.close()
  }
}

async function drawn(page, svg, size, shape) {
  await page.setViewportSize({ width: size, height: size })
  const inner = size * shape
  const style = `html,body{margin:0;height:100%;display:grid;place-items:center}svg{width:${inner}px;height:${inner}px;display:block}`
  await page.setContent(`<!doctype html><style>${style}</style>${svg}`)
  return page.screenshot({ omitBackground: true, clip: { x: 0, y: 0, width: size, height: size } })
}

try {
  await main()
} catch (error) {
  process.exitCode = report(error)
}
