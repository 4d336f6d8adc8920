/**
 * A rolldown plugin that bundles axios without what we never let it do: multipart forms (and with them a list of all media
 * types), redirects, proxies, HTTP/2. Of a bot that speaks with the cloud it takes about 4 MB.
 *
 * Whoever asks for any of it in a program bundled so is told; `maxRedirects: 0` and `proxy: false` are needed.
 */
const ABSENT = (what: string) => `() => { throw new Error(${JSON.stringify(`axios was bundled without ${what}`)}) }`

const STAND_INS: Readonly<Record<string, string>> = {
  'form-data': 'module.exports = class FormData {}',
  'follow-redirects': `module.exports = { http: { request: ${ABSENT('redirects')} }, https: { request: ${ABSENT('redirects')} } }`,
  'https-proxy-agent': 'module.exports = class HttpsProxyAgent {}',
  'proxy-from-env': `module.exports = { getProxyForUrl: () => '' }`,
  http2: `module.exports = { connect: ${ABSENT('HTTP/2')}, constants: {} }`,
}

export function slimAxios() {
  const prefix = '\0slim-axios:'
  return {
    name: 'slim-axios',
    resolveId: (id: string, importer: string | undefined) =>
      importer !== undefined && /[\\/]node_modules[\\/]axios[\\/]/.test(importer) && Object.hasOwn(STAND_INS, id)
        ? `${prefix}${id}.cjs`
        : undefined,
    load: (id: string) => (id.startsWith(prefix) ? STAND_INS[id.slice(prefix.length, -'.cjs'.length)] : undefined),
  }
}
