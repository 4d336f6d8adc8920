import { LicenceKey } from '../../../contracts/cloud/licence.ts'
import type { OwnLicence } from '../../../contracts/launcher/cloud.ts'
import { refuse } from '../../../domain/failure/refusal.ts'
import type { Cli } from '../cli.ts'
import { confirm } from '../confirm.ts'
import { openSecretReader } from '../read-secret.ts'
import { withLauncher, type LauncherApi } from '../with-launcher.ts'

type OfUser = Readonly<{ user?: string }>

/** `slipway licence set`: the key is typed unseen, or comes over standard input. */
export function licenceSet(cli: Cli, { user }: OfUser): Promise<number> {
  return withLauncher(cli, async (api) => {
    // Said before anybody looks for the key.
    await refuseClosed(api)
    const reader = openSecretReader(cli)
    const key = LicenceKey.safeParse((await reader.ask('Licence key').finally(() => reader.close())).trim())
    if (!key.success)
      refuse('bad-usage', 'This is no licence key.', 'Copy it whole: it begins with slw_ and is one word.')
    const kept = await api.licence.set({ key: key.data, ...named(user) })
    show(cli, kept)
    if (!cli.out.json) cli.out.line('Kept in the vault. Live accounts use it from their next start on.')
    return 0
  })
}

/** `slipway licence show`. */
export function licenceShow(cli: Cli, { user }: OfUser): Promise<number> {
  return withLauncher(cli, async (api) => show(cli, await api.licence.show(named(user))))
}

/** `slipway licence forget`. */
export function licenceForget(cli: Cli, { user }: OfUser): Promise<number> {
  return withLauncher(cli, async (api) => {
    const done = await api.licence.forget(named(user))
    cli.out.answer(done, () =>
      cli.out.line(done.forgotten ? 'The licence key was taken out of the vault.' : 'No licence key was kept.'),
    )
    return 0
  })
}

/** `slipway licence take-over ID`. */
export async function licenceTakeOver(cli: Cli, id: string, { yes }: Readonly<{ yes?: boolean }>): Promise<number> {
  await confirm(cli, {
    yes,
    what: `Another device that trades ${id} makes no entries from then on; it keeps protecting and closing what it holds. Two bots must not manage one position: make sure that the other one is stopped.`,
    word: 'take-over',
  })
  return withLauncher(cli, async (api) => {
    const taken = await api.licence.takeOver({ id })
    cli.out.answer(taken, () =>
      cli.out.line(`${id} is this computer's now. A bot that waits for it makes entries within a minute.`),
    )
    return 0
  })
}

function named(user: string | undefined): { user?: string } {
  return user === undefined ? {} : { user }
}

function show(cli: Cli, licence: OwnLicence): number {
  const { out } = cli
  out.answer(licence, () => {
    out.line(`Licence    ${licence.plan}, ${licence.state} (${licence.id}, key ${licence.keyHint}…)`)
    out.line(`Ends       ${licence.expiresAt === null ? 'never' : licence.expiresAt.slice(0, 10)}`)
    out.line(`Accounts   ${licence.accounts.used} of ${licence.accounts.most}`)
    out.line(`Devices    ${licence.devices.used} of ${licence.devices.most}`)
  })
  return 0
}

async function refuseClosed(api: LauncherApi): Promise<void> {
  const { state, opensItself, problem } = await api.vault.status({})
  if (problem) return
  if (state === 'absent') refuse('vault-missing', 'There is no vault yet.', 'Make one: slipway vault init')
  if (state === 'locked' && !opensItself)
    refuse('vault-locked', 'The vault is locked.', 'Open it first: slipway vault unlock')
}
