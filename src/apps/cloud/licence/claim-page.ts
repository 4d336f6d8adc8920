import { createHash } from 'node:crypto'
import { claimLicence } from '../../../contracts/cloud/claim.ts'

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:12vh auto;padding:0 1rem;color:#1a1b1e;background:#fff}
h1{font-size:1.4rem}button{font:inherit;padding:.5rem 1.2rem;border:0;border-radius:4px;background:#1971c2;color:#fff;cursor:pointer}
button[disabled]{opacity:.5}code{display:block;padding:.8rem;background:#f1f3f5;border-radius:4px;overflow-wrap:anywhere;user-select:all}
@media (prefers-color-scheme:dark){body{color:#e9ecef;background:#1a1b1e}code{background:#2c2e33}}`

// A press of the button, not the visit, makes the key: programs that look at links in mails press none.
const SCRIPT = `const button=document.querySelector('button'),said=document.querySelector('#said')
const claim=location.hash.slice(1);history.replaceState(null,'',location.pathname)
button.onclick=async()=>{button.disabled=true;said.textContent='One moment…'
try{const answer=await fetch(${JSON.stringify(claimLicence.path)},{method:'POST',headers:{'content-type':'application/json'},body:JSON.stringify({claim})})
const told=await answer.json()
if(!answer.ok){said.textContent=told.code==='body_invalid'?'This link is not whole: copy all of it from the mail.':told.message+' '+told.next_step;return}
const key=document.createElement('code');key.textContent=told.license_key
said.textContent='Plan '+told.plan+'. Copy this key now: it is shown this once.';said.after(key);button.remove()}
catch{said.textContent='The server could not be reached. Try again.';button.disabled=false}}`

const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Your Slipway licence</title><style>${STYLE}</style>
<h1>Your Slipway licence</h1><p>The key is made when you press the button, and shown once. Enter it in Slipway under Cloud, Licence.</p>
<p id="said" role="status"></p><button>Show my licence key</button><script>${SCRIPT}</script></html>`

const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
const POLICY = `default-src 'none'; script-src ${hash(SCRIPT)}; style-src ${hash(STYLE)}; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

/** The page that a mail's link opens. */
export function claimPage(): Response {
  return new Response(PAGE, {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': POLICY,
      'referrer-policy': 'no-referrer',
    },
  })
}
