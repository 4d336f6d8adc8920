import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { describe, expect, it } from 'vitest'
import { programWithFuses } from '../../support/packaging.ts'
import { repoRoot } from '../../support/repo-root.ts'
import { tempHome } from '../../support/temp-home.ts'

type Hook = (context: unknown) => Promise<void>

async function flip(platform: 'linux' | 'win32' | 'darwin', fuses = 9): Promise<string> {
  const appOutDir = tempHome()
  const file = {
    linux: 'slipway',
    win32: 'Slipway.exe',
    darwin: 'Slipway.app/Contents/Frameworks/Electron Framework.framework/Electron Framework',
  }[platform]
  mkdirSync(join(appOutDir, file, '..'), { recursive: true })
  writeFileSync(join(appOutDir, file), programWithFuses(fuses))
  const { default: hook } = (await import(join(repoRoot, 'scripts', 'package', 'flip-fuses.mjs'))) as { default: Hook }
  const packager = { appInfo: { productFilename: 'Slipway' }, executableName: 'slipway' }
  await hook({ appOutDir, electronPlatformName: platform, packager, arch: 1 })
  return join(appOutDir, file)
}

describe('the fuses of a packaged app', () => {
  it.each(['linux', 'win32'] as const)('are set as decided, on %s', async (platform) => {
    const wire = (await getCurrentFuseWire(await flip(platform))) as unknown as Record<number, FuseState>
    const on = (fuse: FuseV1Options) => wire[fuse] === FuseState.ENABLE
    expect({
      runAsNode: on(FuseV1Options.RunAsNode),
      nodeOptions: on(FuseV1Options.EnableNodeOptionsEnvironmentVariable),
      inspect: on(FuseV1Options.EnableNodeCliInspectArguments),
      cookieEncryption: on(FuseV1Options.EnableCookieEncryption),
      asarIntegrity: on(FuseV1Options.EnableEmbeddedAsarIntegrityValidation),
      onlyAsar: on(FuseV1Options.OnlyLoadAppFromAsar),
      ownSnapshot: on(FuseV1Options.LoadBrowserProcessSpecificV8Snapshot),
      fileRights: on(FuseV1Options.GrantFileProtocolExtraPrivileges),
      wasmTraps: on(FuseV1Options.WasmTrapHandlers),
    }).toEqual({
      ...{ runAsNode: false, nodeOptions: false, inspect: false, ownSnapshot: false, fileRights: false },
      ...{ cookieEncryption: true, asarIntegrity: true, onlyAsar: true, wasmTraps: true },
    })
  })

  it('are found in the framework of a macOS app', async () => {
    const file = await flip('darwin')
    const wire = (await getCurrentFuseWire(file)) as unknown as Record<number, FuseState>
    expect(wire[FuseV1Options.RunAsNode]).toBe(FuseState.DISABLE)
  })

  it('fail the packaging where Electron has one that nobody has decided about', async () => {
    await expect(flip('linux', 10)).rejects.toThrow(/strictlyRequireAllFuses/)
  })
})
