import { SECURITY_HEADERS } from '../launcher/browser-door.ts'
import { serveStatic } from '../static-files.ts'

/** What the page for admins and users is made of; the launcher's own page lies in the same folder and is not for here. */
const PARTS = /^\/(assets\/[\w.-]+|icon\.svg)$/

/** Serves the pages of the cloud from the folder of built pages. A path without a dot is a place inside the page. */
export function servePages(folder: string): (request: Request) => Promise<Response | undefined> {
  return async (request) => {
    const { pathname } = new URL(request.url)
    const isPlace = /^\/[\w/-]*$/.test(pathname)
    if (!isPlace && !PARTS.test(pathname)) return undefined
    const response = await serveStatic(folder, isPlace ? '/cloud.html' : pathname)
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.headers.set(name, value)
    return response
  }
}
