/**
 * Why we did not do what was asked, in words a trader understands.
 *
 * `code` is stable (scripts and tests may compare it), `message` is one sentence, `nextStep` says what to do now.
 */
export type Refusal = Readonly<{ code: RefusalCode; message: string; nextStep: string }>

/** Every code we answer with, and the exit code of the command line for it. */
export const EXIT_CODE_OF = {
  'bad-usage': 2,
  'account-id-invalid': 2,
  'account-unknown': 2,
  'account-exists': 2,
  'account-held': 3,
  'account-corrupt': 1,
  'setting-invalid': 2,
  'symbol-unknown': 2,
  'strategy-unknown': 2,
  'strategy-invalid': 2,
  'broker-unknown': 2,
  'feed-invalid': 2,
  'data-missing': 2,
  'file-unreadable': 2,
  'data-bad-rows': 2,
  'data-format-unknown': 2,
  'instrument-file-invalid': 2,
  'holiday-file-invalid': 2,
  'home-unsuitable': 2,
  'home-read-only': 1,
  'disk-full': 1,
  'state-corrupt': 1,
  'state-newer': 1,
  'state-missing': 1,
  'guard-unavailable': 1,
  'other-host': 3,
  fenced: 3,
  'not-running': 1,
  crashed: 1,
  /** The system is short of processes, memory or open files. */
  'system-busy': 1,
  'licence-refused': 4,
  'cloud-unreachable': 1,
  'broker-refused': 5,
  /** The broker has opened another account than the one that the books are about. */
  'account-foreign': 5,
  'launcher-unreachable': 6,
  'context-foreign': 2,
  'trade-invalid': 2,
  'trade-blocked': 2,
  'order-not-found': 2,
  /** It can't be booked at all, whatever the broker says. */
  'cash-invalid': 2,
  /** The broker's word is against it. */
  'cash-mismatch': 2,
  'not-reconciled': 7,
  'timed-out': 1,
  unauthorized: 2,
  'backup-invalid': 2,
  'vault-missing': 2,
  'vault-exists': 2,
  'vault-locked': 2,
  /** The passphrase is wrong or the vault was changed; which of them is not told, nor known. */
  'vault-refused': 2,
  'vault-damaged': 1,
  'keychain-unusable': 1,
  /** A database or another server that ours stands on does not answer. */
  'server-unreachable': 1,
  'secret-exposed': 2,
  internal: 1,
} as const

export type RefusalCode = keyof typeof EXIT_CODE_OF

export function refusal(code: RefusalCode, message: string, nextStep: string): Refusal {
  return { code, message, nextStep }
}

/** Carries a refusal through code that can only throw; boundaries turn it back into its refusal. */
export class Refused extends Error {
  readonly refusal: Refusal
  constructor(refused: Refusal) {
    super(refused.message)
    this.name = 'Refused'
    this.refusal = refused
  }
}

/** Shorthand for the common case of a refusal thrown where it is found. */
export function refuse(code: RefusalCode, message: string, nextStep: string): never {
  throw new Refused(refusal(code, message, nextStep))
}
