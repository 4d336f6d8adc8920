import { isAbsolute, resolve } from 'node:path'
import type { NewProtection, VaultStatus } from '../../../contracts/launcher/vault.ts'
import { EXIT_CODE_OF, refuse } from '../../../domain/failure/refusal.ts'
import type { Cli } from '../cli.ts'
import { confirm } from '../confirm.ts'
import { openSecretReader, type SecretReader } from '../read-secret.ts'
import { sayShape } from '../say-shape.ts'
import { wholeNumber } from '../whole-number.ts'
import { withLauncher, type LauncherApi } from '../with-launcher.ts'

export type VaultProtectionOptions = Readonly<{ keychain?: boolean; passphrase?: boolean; keyFile?: string }>

/** `slipway vault status`. */
export function vaultStatus(cli: Cli): Promise<number> {
  return withLauncher(cli, async (api) => show(cli, await api.vault.status({ lookForKeychain: true })))
}

/** `slipway vault init`: the keychain where it can be used, else a passphrase. */
export async function vaultInit(
  cli: Cli,
  options: VaultProtectionOptions & Readonly<{ replace?: boolean; yes?: boolean }>,
): Promise<number> {
  if (options.replace === true)
    await confirm(cli, {
      yes: options.yes,
      what: 'The credentials in the vault must be entered again; the old vault is kept in the quarantine folder.',
      word: 'replace',
    })
  return withLauncher(cli, async (api) => {
    const before = await api.vault.status({ lookForKeychain: true })
    // Said before anybody is asked to think of a passphrase.
    if (before.state !== 'absent' && options.replace !== true)
      refuse('vault-exists', 'There is a vault already.', 'Use it, or begin anew: slipway vault init --replace')
    const protection = await withReader(cli, (reader) => chosen(cli, options, before, reader))
    return show(cli, await api.vault.init({ protection, replace: options.replace === true }))
  })
}

/** `slipway vault unlock`. */
export function vaultUnlock(cli: Cli): Promise<number> {
  return withLauncher(cli, async (api) => {
    const before = await api.vault.status({})
    const passphrase = await currentPassphrase(cli, before)
    return show(cli, await api.vault.unlock(passphrase === undefined ? {} : { passphrase }))
  })
}

/** `slipway vault lock`. */
export function vaultLock(cli: Cli): Promise<number> {
  return withLauncher(cli, async (api) => show(cli, await api.vault.lock()))
}

/** `slipway vault passwd`. */
export function vaultPasswd(cli: Cli, options: VaultProtectionOptions): Promise<number> {
  return withLauncher(cli, async (api) => {
    const before = await api.vault.status({})
    if (before.state === 'absent') refuse('vault-missing', 'There is no vault yet.', 'Make one: slipway vault init')
    return withReader(cli, async (reader) => {
      const passphrase = before.protection === 'passphrase' ? await reader.ask('Passphrase now') : undefined
      const isOther = options.keychain === true || options.keyFile !== undefined
      const protection = await chosen(cli, isOther ? options : { passphrase: true }, before, reader)
      return show(cli, await api.vault.change({ ...(passphrase === undefined ? {} : { passphrase }), protection }))
    })
  })
}

/** `slipway vault set ID FIELD`. */
export function vaultSet(cli: Cli, id: string, field: string, options: Readonly<{ untested?: boolean }>) {
  return withLauncher(cli, async (api) => {
    const { broker, mode, gateway } = await api.accounts.show({ id })
    const known = (await api.vault.fields({ broker })).filter(({ secret }) => secret)
    const wanted = known.find(({ name }) => name === field)
    if (!wanted)
      refuse(
        'bad-usage',
        `The broker ${broker} has no secret named ${field}.`,
        known.length === 0 ? 'It needs none.' : `It has: ${known.map(({ name }) => name).join(', ')}.`,
      )
    await refuseClosed(api)
    const value = await withReader(cli, (reader) => reader.ask(`${wanted.label} of ${id}`))
    if (options.untested !== true) {
      const values = { url: gateway.url, ...(gateway.account === 'none' ? {} : { account: gateway.account }) }
      const tried = await api.vault.credentials.test({
        ...{ broker, mode, accountId: id },
        values: { ...values, [field]: value },
      })
      if (tried.refusal) {
        cli.out.note('Nothing was kept. To keep it all the same, add --untested.')
        return sayShape(cli.out, tried.refusal)
      }
      cli.out.note(tried.message)
    }
    const kept = await api.vault.credentials.set({ id, values: { [field]: value } })
    cli.out.answer(kept, () => cli.out.line(`Kept ${field} of ${id}. It is used from the next start on.`))
    return 0
  })
}

/** `slipway vault forget ID [FIELD]`. */
export function vaultForget(cli: Cli, id: string, field: string | undefined): Promise<number> {
  return withLauncher(cli, async (api) => {
    const left = await api.vault.credentials.forget(field === undefined ? { id } : { id, field })
    cli.out.answer(left, () =>
      cli.out.line(left.fields.length === 0 ? `Nothing is kept for ${id}.` : `Still kept: ${left.fields.join(', ')}.`),
    )
    return 0
  })
}

/** `slipway vault auto-lock MINUTES`. */
export function vaultAutoLock(cli: Cli, text: string): Promise<number> {
  const minutes = wholeNumber(text, 'minutes', 0, 10_080)
  return withLauncher(cli, async (api) => show(cli, await api.vault.autoLock({ minutes })))
}

async function chosen(
  cli: Cli,
  options: VaultProtectionOptions,
  before: VaultStatus,
  reader: SecretReader,
): Promise<NewProtection> {
  const { keyFile } = options
  if (keyFile !== undefined)
    return { kind: 'key-file', keyFile: isAbsolute(keyFile) ? keyFile : resolve(cli.workingFolder, keyFile) }
  if (options.keychain === true) return { kind: 'keychain' }
  if (options.passphrase !== true && before.keychain?.usable === true) return { kind: 'keychain' }
  if (options.passphrase !== true) cli.out.note(`${before.keychain?.why ?? ''} A passphrase opens the vault instead.`)
  const passphrase = await reader.ask('New passphrase (12 characters or more)')
  // A script can't mistype; a person can, and sees nothing of what is typed.
  if (cli.stdin.isTTY === true && (await reader.ask('Again')) !== passphrase)
    refuse('bad-usage', 'The two are not the same: nothing was changed.', 'Try again.')
  return { kind: 'passphrase', passphrase }
}

async function currentPassphrase(cli: Cli, { protection }: VaultStatus): Promise<string | undefined> {
  if (protection !== 'passphrase') return undefined
  return withReader(cli, (reader) => reader.ask('Passphrase of the vault'))
}

async function withReader<T>(cli: Cli, work: (reader: SecretReader) => Promise<T>): Promise<T> {
  const reader = openSecretReader(cli)
  try {
    return await work(reader)
  } finally {
    reader.close()
  }
}

/** Said before anybody looks for a credential. */
async function refuseClosed(api: LauncherApi): Promise<void> {
  const { state, opensItself, problem } = await api.vault.status({})
  if (problem) return
  if (state === 'absent') refuse('vault-missing', 'There is no vault yet.', 'Make one: slipway vault init')
  if (state === 'locked' && !opensItself)
    refuse('vault-locked', 'The vault is locked.', 'Open it first: slipway vault unlock')
}

function show(cli: Cli, status: VaultStatus): number {
  const { out } = cli
  out.answer(status, () => {
    out.line(`Vault      ${stateText(status)}`)
    if (status.store !== null) out.line(`Key        ${status.store}`)
    if (status.autoLockMinutes > 0) out.line(`Auto-lock  after ${status.autoLockMinutes} minutes without use`)
    if (status.state !== 'absent') out.line(`File       ${status.file}`)
    if (status.keychain && !status.keychain.usable) out.line(`Keychain   ${status.keychain.why}`)
    for (const { accountId, fields } of status.accounts) out.line(`  ${accountId}: ${fields.join(', ')}`)
  })
  if (!status.problem) return 0
  sayShape(out, status.problem)
  return EXIT_CODE_OF['vault-damaged']
}

function stateText({ state, opensItself, problem }: VaultStatus): string {
  if (problem) return 'can not be used'
  switch (state) {
    case 'absent':
      return 'none yet; make one with: slipway vault init'
    case 'unlocked':
      return 'open'
    case 'locked':
      return opensItself
        ? 'closed; it opens by itself when a bot needs it'
        : 'locked; open it with: slipway vault unlock'
  }
}
