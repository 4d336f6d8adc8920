import { SECURITY_HEADERS } from '../../launcher/browser-door.ts'
import { serveStatic } from '../../static-files.ts'

/** What of the built folder is the cloud's: its page, and the files that it names. */
const OURS = /^\/(assets\/[\w.-]+|icon\.svg)?$/
/** Addresses that people type or find in a mail; the page is the same. */
const PLACES = ['/', '/admin', '/me']

/**
 * The pages for admins and users.
 *
 * @param folder of the built pages
 * @returns what stands at a path; undefined where there is nothing of ours
 */
export function cloudPages(folder: string): (request: Request) => Promise<Response | undefined> {
  return async (request) => {
    const { pathname } = new URL(request.url)
    const isPlace = PLACES.includes(pathname)
    if (!isPlace && !OURS.test(pathname)) return undefined
    const response = await serveStatic(folder, isPlace ? '/' : pathname, 'cloud.html')
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.headers.set(name, value)
    return response
  }
}
