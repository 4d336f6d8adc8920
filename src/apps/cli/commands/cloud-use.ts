import { CloudUrl, type CloudChoice } from '../../../contracts/cloud/choice.ts'
import type { AccountCloud, CloudServerState } from '../../../contracts/launcher/cloud.ts'
import { refuse } from '../../../domain/failure/refusal.ts'
import type { Cli } from '../cli.ts'
import { confirm } from '../confirm.ts'
import { withLauncher, type LauncherApi } from '../with-launcher.ts'

/** `slipway cloud use local|none|URL`: a team's keys are shown, and agreed to, before any lease of theirs counts. */
export function cloudUse(cli: Cli, where: string, options: Readonly<{ yes?: boolean }>): Promise<number> {
  return withLauncher(cli, async (api) => {
    const choice = where === 'local' || where === 'none' ? { kind: where } : await teamChoice(cli, api, where, options)
    await api.cloudServer.use(choice as CloudChoice)
    const server = where === 'none' ? (await api.cloud()).server : await api.cloudServer.check()
    cli.out.answer(server, () => {
      cli.out.line(serverText(server))
      cli.out.line('Bots use it from their next start on.')
    })
    return 0
  })
}

async function teamChoice(
  cli: Cli,
  api: LauncherApi,
  text: string,
  { yes }: Readonly<{ yes?: boolean }>,
): Promise<CloudChoice> {
  const parsed = CloudUrl.safeParse(text)
  if (!parsed.success)
    return refuse(
      'bad-usage',
      `${JSON.stringify(text)} is no cloud. ${parsed.error.issues[0]?.message ?? ''}`,
      'Say local, none, or https://…',
    )
  const found = await api.cloudServer.look({ url: parsed.data })
  const { url } = found
  const fingerprints = found.keys.map(({ kid }) => `  ${kid}`).join('\n')
  await confirm(cli, {
    yes,
    what: `${url} signs its leases with these keys. Compare them with what its operator says (slipway cloud signing-key list):\n${fingerprints}`,
    word: 'y',
  })
  return { kind: 'team', ...found }
}

/** `slipway cloud status`. */
export function cloudStatus(cli: Cli): Promise<number> {
  return withLauncher(cli, async (api) => {
    const server = await api.cloudServer.check()
    const state = { ...(await api.cloud()), server }
    const { out } = cli
    out.answer(state, () => {
      out.line(serverText(server))
      if (server.problem) out.line(`           ${server.problem.message} ${server.problem.nextStep}`)
      out.line(`Device     ${state.deviceId ?? 'not known yet'}`)
      out.line(`Calendar   as of ${state.calendarAsOf}`)
      for (const { userId, users, hasKey, liveAccounts } of state.users)
        if (hasKey || liveAccounts > 0)
          out.line(
            `Licence    ${users.join(', ') || userId}: ${hasKey ? 'a key is kept' : 'no key; store one with: slipway licence set'}`,
          )
      if (state.accounts.length === 0) return
      out.table<AccountCloud>(
        [
          { title: 'ACCOUNT', text: ({ accountId }) => accountId },
          { title: 'MODE', text: ({ mode }) => mode ?? '?' },
          { title: 'ENTRIES', text: ({ licence }) => licence?.entries ?? '?' },
          { title: 'LICENCE', text: ({ licence }) => licence?.rung ?? '-' },
          { title: 'WAITING', text: ({ waiting }) => String(waiting), align: 'right' },
          { title: 'PARKED', text: ({ parked }) => String(parked), align: 'right' },
          { title: 'WHY', flexible: true, text: ({ licence, problem }) => problem?.message ?? licence?.message ?? '' },
        ],
        state.accounts,
      )
    })
    return 0
  })
}

function serverText({ kind, url, local, circuit, restMs, lastAnswerAt, problem }: CloudServerState): string {
  const name = kind === 'team' ? (url ?? '') : kind === 'local' ? 'the local one' : 'none'
  if (kind === 'none') return `Cloud      ${name}: no shared confidence, no licences; contributions wait`
  const seconds = `${Math.ceil(restMs / 1_000)} s`
  if (local === 'starting') return `Cloud      ${name}: starting${problem ? ' again' : ''}`
  if (local === 'resting') return `Cloud      ${name}: does not run; started again in ${seconds}`
  if (circuit === 'open') return `Cloud      ${name}: left alone for ${seconds} after failures`
  if (problem) return `Cloud      ${name}: does not answer`
  return `Cloud      ${name}: ${lastAnswerAt === null ? 'not asked yet' : 'answers'}`
}
