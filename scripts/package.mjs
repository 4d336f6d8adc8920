// Packages the desktop app for this system: npm run package [-- --dir | -- --stage]. See docs/desktop.md.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { load } from 'js-yaml'
import { ensureBuilt } from './checkout/build.mjs'
import { root, work } from './checkout/paths.mjs'
import { report, say, Trouble } from './checkout/trouble.mjs'
import { fetchTrouble } from './package/fetch-trouble.mjs'
import { stageRuntime } from './package/stage-runtime.mjs'

async function main() {
  const { values } = parseArgs({
    options: {
      // Gathers the runtime and packages nothing.
      stage: { type: 'boolean' },
      // An unpacked app, and no installer.
      dir: { type: 'boolean' },
    },
  })
  await ensureBuilt()
  say('Gathering the runtime …')
  say(`Runtime ${await stageRuntime()}`)
  if (values.stage) return
  const { build } = await import('electron-builder')
  // As a file: a configuration given as an object is merged with electron-builder.yml.
  const config = join(work, 'electron-builder.json')
  writeFileSync(config, JSON.stringify(configFor(process.env, process.platform), null, 2))
  const made = await build({
    config,
    projectDir: root,
    publish: 'never',
    dir: values.dir === true,
  }).catch((error) => {
    throw fetchTrouble(error)
  })
  for (const file of made) console.log(file)
}

/** The configuration as it is in the file, without what this packaging has no place for. */
function configFor(env, platform) {
  const config = load(readFileSync(join(root, 'electron-builder.yml'), 'utf8'))
  const feed = httpsAddress('SLIPWAY_UPDATE_URL', env)
  if (!feed) {
    say('SLIPWAY_UPDATE_URL is not set: this app will not look for updates.')
    config.publish = null
  }
  const homepage = httpsAddress('SLIPWAY_HOMEPAGE', env) ?? (feed && new URL(feed).origin)
  if (homepage) config.extraMetadata = { homepage }
  else if (platform === 'linux') {
    say('SLIPWAY_HOMEPAGE is not set, and a Debian package has to name a home page: only the AppImage is made.')
    config.linux.target = config.linux.target.filter((target) => target !== 'deb')
  }
  return config
}

function httpsAddress(name, env) {
  const text = env[name]
  if (!text) return undefined
  if (!URL.canParse(text) || new URL(text).protocol !== 'https:')
    throw new Trouble(`${name} is no https address: ${text}`, 'Set it to one, or leave it out.')
  return text
}

try {
  await main()
} catch (error) {
  process.exitCode = report(error)
}
