import { createHash } from 'node:crypto'
import type { Refusal } from '../../../domain/failure/refusal.ts'
import { NOTICE_HOST, pageAddress, PAGE_SCHEME } from './page-address.ts'

/** What the window shows while there is no page: the launcher is coming up, or it could not. */
export type Notice =
  | Readonly<{ kind: 'starting'; doing: string }>
  | Readonly<{ kind: 'failed'; refusal: Pick<Refusal, 'message' | 'nextStep'> }>

export const noticeAddress = (kind: Notice['kind']) => `${PAGE_SCHEME}://${NOTICE_HOST}/${kind}`

/** The shell's own page: no script, one style, nothing from anywhere else. */
export function noticePage(notice: Notice): Response {
  return new Response(document(notice), {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    },
  })
}

const STYLE = `
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:Canvas;color:CanvasText}
main{max-width:34rem;padding:2rem}
h1{font-size:1.25rem;margin:0 0 .75rem}
p{margin:0 0 .75rem}
a{color:LinkText;font-weight:600}
a:focus-visible{outline:3px solid;outline-offset:3px}
`

const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

function document(notice: Notice): string {
  const body =
    notice.kind === 'starting'
      ? `<h1>Slipway is starting</h1><p role="status">${escape(notice.doing)}</p><p>Bots that run go on trading meanwhile.</p>`
      : `<h1>Slipway has no launcher</h1><p role="alert">${escape(notice.refusal.message)}</p><p>${escape(notice.refusal.nextStep)}</p>` +
        `<p>Bots that run go on trading without it.</p><p><a href="${pageAddress()}">Try again</a></p>`
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Slipway</title><style>${STYLE}</style></head><body><main>${body}</main></body></html>
`
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
