/**
 * A rolldown plugin that bundles axios without what we never let it do: multipart forms (and with them a list of all media
 * types), redirects, proxies, HTTP/2, packed bodies, fetch. TLS is loaded with the first secure connection, which a bot of the
 * local cloud never makes.
 *
 * Needed are `adapter: 'http'`, `maxRedirects: 0`, `proxy: false` and `decompress: false`; whoever asks for more in a program bundled so is told.
 */
const ABSENT = (what: string) => `() => { throw new Error(${JSON.stringify(`axios was bundled without ${what}`)}) }`

const STAND_INS: Readonly<Record<string, string>> = {
  'form-data': 'module.exports = class FormData {}',
  'follow-redirects': `module.exports = { http: { request: ${ABSENT('redirects')} }, https: { request: ${ABSENT('redirects')} } }`,
  'https-proxy-agent': 'module.exports = class HttpsProxyAgent {}',
  'proxy-from-env': `module.exports = { getProxyForUrl: () => '' }`,
  https: `module.exports = {
    request: (...args) => require('node:https').request(...args),
    get Agent() { return require('node:https').Agent },
    get globalAgent() { return require('node:https').globalAgent },
  }`,
  zlib: 'module.exports = { constants: {} }',
  crypto: `module.exports = { randomFillSync: (...args) => require('node:crypto').randomFillSync(...args) }`,
  './fetch.js': 'exports.getFetch = () => undefined',
  './xhr.js': 'module.exports = undefined',
  http2: `module.exports = { connect: ${ABSENT('HTTP/2')}, constants: {} }`,
}

/** Merely looking for these loads all of the platform's fetch. */
const LOOKS: readonly (readonly [file: RegExp, look: string, instead: string])[] = [
  [/axios[\\/]lib[\\/]utils\.js$/, "typeof G.FormData !== 'undefined' ? G.FormData : undefined", 'undefined'],
  [/axios[\\/]lib[\\/]platform[\\/]node[\\/]index\.js$/, "(typeof Blob !== 'undefined' && Blob) || null", 'null'],
]

export function slimAxios() {
  const prefix = '\0slim-axios:'
  return {
    name: 'slim-axios',
    resolveId: {
      filter: { id: new RegExp(`^(${Object.keys(STAND_INS).join('|').replaceAll('.', '\\.')})$`) },
      handler: (id: string, importer: string | undefined) =>
        importer !== undefined && /[\\/]node_modules[\\/]axios[\\/]/.test(importer)
          ? `${prefix}${id.replace(/^\.\//, '')}.cjs`
          : undefined,
    },
    transform: {
      filter: { id: LOOKS.map(([file]) => file) },
      handler(code: string, id: string) {
        const [, look, instead] = LOOKS.find(([file]) => file.test(id))!
        if (!code.includes(look)) throw new Error(`axios has changed: ${id} no longer has ${look}`)
        return code.replace(look, instead)
      },
    },
    load: {
      filter: { id: new RegExp(`^${prefix}`) },
      handler(id: string) {
        const name = id.slice(prefix.length, -'.cjs'.length)
        return STAND_INS[name] ?? STAND_INS[`./${name}`]
      },
    },
  }
}
