/** What is known of a page since it was read last, for asking whether it has changed. */
export type PageStamp = Readonly<{ etag: string | undefined; lastModified: string | undefined }>

export type FetchedPage =
  | Readonly<{ kind: 'page'; text: string; stamp: PageStamp }>
  /** As it was at the stamp that was sent along. */
  | Readonly<{ kind: 'unchanged' }>
  | Readonly<{ kind: 'failed'; problem: string }>

export type FetchPage = (url: string, stamp?: PageStamp) => Promise<FetchedPage>

/** Longest time for connecting, answering and reading together: an admin waits for two of them in a row. */
const TIMEOUT_MS = 6_000
const MOST_BYTES = 4_000_000

/**
 * Reads public pages: one at a time, named honestly, in bounded time and size. A page that has moved is a problem for a
 * person, not something to follow: who knows what stands there.
 *
 * @param agent names the program and who runs it; the BLS turns nameless ones away
 * @param signal ends what is being read
 */
export function pageFetcher(
  agent: string,
  { signal, timeoutMs = TIMEOUT_MS }: Readonly<{ signal?: AbortSignal; timeoutMs?: number }> = {},
): FetchPage {
  return async (url, stamp) => {
    const limit = AbortSignal.timeout(timeoutMs)
    try {
      const response = await fetch(url, {
        redirect: 'manual',
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
        headers: {
          'user-agent': agent,
          accept: 'text/html',
          ...(stamp?.etag === undefined ? {} : { 'if-none-match': stamp.etag }),
          ...(stamp?.lastModified === undefined ? {} : { 'if-modified-since': stamp.lastModified }),
        },
      })
      const page = await pageOf(response, stamp)
      if (page.kind !== 'page') await response.body?.cancel().catch(() => undefined)
      return page
    } catch (error) {
      if (limit.aborted) return failed(`no answer within ${timeoutMs / 1_000} s`)
      return failed(`it can't be reached (${causeOf(error)})`)
    }
  }
}

async function pageOf(response: Response, stamp: PageStamp | undefined): Promise<FetchedPage> {
  const { status, headers } = response
  if (status === 304 && stamp) return { kind: 'unchanged' }
  if (status >= 300 && status < 400) return failed('the page has moved')
  if (status === 403) return failed('the site turns us away (403)')
  if (status !== 200) return failed(`the site answers ${status}`)
  if (!/^text\/html\b/i.test(headers.get('content-type') ?? '')) return failed('it is no page (content type)')
  const text = await textWithin(response)
  if (text === undefined) return failed('the page is too long')
  return {
    ...{ kind: 'page', text },
    stamp: { etag: headers.get('etag') ?? undefined, lastModified: headers.get('last-modified') ?? undefined },
  }
}

async function textWithin(response: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > MOST_BYTES) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function failed(problem: string): FetchedPage {
  return { kind: 'failed', problem }
}

function causeOf(error: unknown): string {
  const { cause, name } = error as { cause?: { code?: unknown }; name?: string }
  return typeof cause?.code === 'string' ? cause.code : (name ?? 'error')
}
