import type { EpochMs } from '../units/units.ts'
import type { MailContent } from './mail.ts'

/** A mail as its reader sees it. */
export type WrittenMail = Readonly<{ subject: string; text: string; html: string }>

/** A word or a number of ours in a sentence; everything else is cut out of it. */
const PLAIN = /[^A-Za-z0-9 ._:+/-]/g

/**
 * Writes a mail: the same sentences as plain text and as simple HTML without images, styles or tracking.
 *
 * @param link what the claim of an activation opens, made at this moment; undefined: there is none, or it is used up
 * @param publicUrl where the pages of this server are
 */
export function writeMail(
  content: MailContent,
  { link, publicUrl }: Readonly<{ link?: string | undefined; publicUrl?: string | undefined }>,
): WrittenMail {
  const { subject, sentences } = wordsOf(content, link)
  const pages = publicUrl === undefined ? [] : [`Your licence, its devices and its accounts: ${publicUrl}/`]
  const all = ['Hello,', ...sentences, ...pages, 'Slipway']
  return {
    subject,
    text: `${all.join('\n\n')}\n`,
    html: `<!doctype html><html lang="en"><body>${all.map((sentence) => `<p>${linked(sentence)}</p>`).join('')}</body></html>`,
  }
}

type Words = Readonly<{ subject: string; sentences: readonly string[] }>

function wordsOf(content: MailContent, link: string | undefined): Words {
  switch (content.kind) {
    case 'activation':
      return activation(content, link)
    case 'expiry':
      return expiry(content)
    case 'payment-failed':
      return paymentFailed(content)
  }
}

function activation(content: Extract<MailContent, { kind: 'activation' }>, link: string | undefined): Words {
  const { plan, expiresAt, keyHint, claim } = content
  const until = expiresAt === undefined ? 'It has no end.' : `It runs until ${day(expiresAt)}.`
  return {
    subject: 'Your Slipway licence',
    sentences: [
      `Your Slipway licence (${plain(plan)}) is ready. ${until}`,
      ...(link === undefined ? [] : [`Fetch its key here, once: ${link}`]),
      ...(claim !== undefined && link === undefined
        ? [
            'Its key has no link any more: it was fetched, or waited for too long. Whoever runs your Slipway server can make another.',
          ]
        : []),
      ...(keyHint === undefined
        ? []
        : [
            `Its key begins with ${plain(keyHint)}. Whoever runs your Slipway server hands it to you: it is in no mail.`,
          ]),
      'On your computer: slipway licence set, then paste the key. Keep it to yourself: nobody at Slipway will ask for it.',
    ],
  }
}

function expiry({ plan, keyHint, expiresAt, daysLeft }: Extract<MailContent, { kind: 'expiry' }>): Words {
  const licence = `Your Slipway licence (${plain(plan)}, key ${plain(keyHint)}…)`
  const after =
    'After that, bots on live accounts make no new entries; exits and stops go on. Paper trading stays free.'
  if (daysLeft === 0)
    return {
      subject: 'Your Slipway licence is at its end',
      sentences: [`${licence} ends on ${day(expiresAt)}.`, `${after} Renew it to go on.`],
    }
  return {
    subject: `Your Slipway licence ends on ${day(expiresAt)}`,
    sentences: [`${licence} ends on ${day(expiresAt)}.`, `${after} Renew it in time to go on without a break.`],
  }
}

function paymentFailed(content: Extract<MailContent, { kind: 'payment-failed' }>): Words {
  const { plan, keyHint, expiresAt } = content
  const end = expiresAt === undefined ? '' : ` Without a payment the licence ends on ${day(expiresAt)}.`
  return {
    subject: 'A payment for your Slipway licence failed',
    sentences: [
      `A payment for your Slipway licence (${plain(plan)}, key ${plain(keyHint)}…) failed.${end}`,
      'Look at your means of payment; the payment is tried again by itself.',
    ],
  }
}

function plain(text: string): string {
  return text.replace(PLAIN, '').slice(0, 80)
}

function day(at: EpochMs): string {
  return `${new Date(at).toISOString().slice(0, 10)} (UTC)`
}

/** A sentence as HTML, the address at its end as a link. */
function linked(sentence: string): string {
  const [, before = sentence, address] = /^(.*: )(https?:\/\/\S+)$/.exec(sentence) ?? []
  return address === undefined
    ? escaped(before)
    : `${escaped(before)}<a href="${escaped(address)}">${escaped(address)}</a>`
}

function escaped(text: string): string {
  const marks: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  }
  return text.replace(/[&<>"']/g, (mark) => marks[mark]!)
}
