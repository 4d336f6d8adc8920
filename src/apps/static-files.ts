import { readFile } from 'node:fs/promises'
import { extname, join, resolve, sep } from 'node:path'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.map': 'application/json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
}

/**
 * Serves the built page from one folder and nothing outside it. A path without an extension is a place inside the
 * page and gets its index.
 *
 * @param pathname as in the URL, still encoded
 */
export async function serveStatic(folder: string, pathname: string): Promise<Response> {
  const root = resolve(folder)
  const inside = insidePath(pathname)
  if (inside === undefined) return text(400, 'This address can not be read.')
  const isPlace = extname(inside) === ''
  const file = resolve(root, isPlace ? 'index.html' : join('.', inside))
  if (!file.startsWith(root + sep)) return text(404, 'There is nothing at this address.')
  try {
    const body = await readFile(file)
    const type = TYPES[extname(file)] ?? 'application/octet-stream'
    // Names under assets/ carry a digest of what they hold; everything else may change with the next build.
    const cache = /^\/?assets\//.test(inside) ? 'public, max-age=31536000, immutable' : 'no-store'
    return new Response(body, { headers: { 'content-type': type, 'cache-control': cache } })
  } catch {
    return isPlace ? text(404, NOT_BUILT, 'text/html; charset=utf-8') : text(404, 'There is nothing at this address.')
  }
}

function insidePath(pathname: string): string | undefined {
  try {
    const decoded = decodeURIComponent(pathname)
    return /[\0\\]/.test(decoded) ? undefined : decoded.replace(/^\/+/, '')
  } catch {
    return undefined
  }
}

function text(status: number, body: string, type = 'text/plain; charset=utf-8'): Response {
  return new Response(body, { status, headers: { 'content-type': type, 'cache-control': 'no-store' } })
}

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Slipway</title>
<h1>The page is not built</h1>
<p>The program itself runs and your bots are not affected. Build the page with <code>npm run build</code>, then load this address again.</p>
</html>
`
