import { brokenOff, tooLarge, type Asked } from '../../src/apps/cloud/asked.ts'
import { CloudRefused } from '../../src/apps/cloud/cloud-call.ts'
import { cloudAnswerer, type CloudFetchParts } from '../../src/apps/cloud/cloud-fetch.ts'

export type CloudFetch = (request: Request, caller: Readonly<{ address: string }>) => Promise<Response>

/** The cloud's door for who speaks fetch: as over HTTP, without a port. */
export function cloudFetch(parts: CloudFetchParts): CloudFetch {
  const answer = cloudAnswerer(parts)
  return async (request, { address }) => {
    const said = await answer(askedOf(request), address)
    if (said instanceof Response) return said
    return new Response(request.method === 'HEAD' ? null : said.body, said)
  }
}

function askedOf(request: Request): Asked {
  const { headers, method } = request
  const { pathname, search } = new URL(request.url)
  return {
    method,
    url: pathname + search,
    header: (name) => headers.get(name) ?? undefined,
    signal: () => request.signal,
    async text(largest) {
      const chunks: Uint8Array[] = []
      let size = 0
      try {
        for await (const chunk of request.body ?? []) {
          size += chunk.length
          if (size > largest) tooLarge(largest)
          chunks.push(chunk)
        }
      } catch (error) {
        throw error instanceof CloudRefused ? error : brokenOff()
      }
      return Buffer.concat(chunks).toString('utf8')
    },
  }
}
