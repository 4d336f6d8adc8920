// electron-builder's afterPack hook: switches off, in the program itself and before it is signed, what the app never uses.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { flipFuses, FuseV1Options, FuseVersion } from '@electron/fuses'

/** Every fuse there is: a new one in a later Electron fails the packaging until somebody has decided about it. */
export const FUSES = {
  version: FuseVersion.V1,
  strictlyRequireAllFuses: true,
  // A signed Node that runs anybody's script is what such a program is abused for; ours is a file of its own.
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  // Pages come over app://, never from files.
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  [FuseV1Options.WasmTrapHandlers]: true,
}

/** @param {import('electron-builder').AfterPackContext} context */
export default async function flip({ appOutDir, electronPlatformName, packager, arch }) {
  const isMac = electronPlatformName === 'darwin'
  const program = join(appOutDir, programName(appOutDir, electronPlatformName, packager))
  // Changing the file breaks the signature that Electron's own build has on Apple silicon; a real one comes later.
  await flipFuses(program, { ...FUSES, resetAdHocDarwinSignature: isMac && arch === ARM64 })
}

/** `Arch.arm64` of electron-builder. */
const ARM64 = 3

function programName(folder, platform, packager) {
  if (platform === 'darwin') return `${packager.appInfo.productFilename}.app`
  if (platform === 'win32') return `${packager.appInfo.productFilename}.exe`
  const name = packager.executableName ?? 'slipway'
  if (!readdirSync(folder).includes(name)) throw new Error(`There is no program ${name} in ${folder}.`)
  return name
}
