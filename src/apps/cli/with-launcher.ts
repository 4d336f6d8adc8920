import { connectLauncher, type LauncherApi } from '../../adapters/launcher-client/connect-launcher.ts'
import type { HomeLayout } from '../../adapters/home/layout.ts'
import { Refused } from '../../domain/failure/refusal.ts'
import { openCliHome, type Cli } from './cli.ts'
import { startLauncher } from './start-launcher.ts'

export type { LauncherApi }

/** Does something with the launcher of the home, which is started when none runs. */
export async function withLauncher<Result>(cli: Cli, work: (api: LauncherApi) => Promise<Result>): Promise<Result> {
  const layout = openCliHome(cli)
  const api = (await findLauncher(layout)) ?? (await startLauncher(cli, layout))
  return work(api)
}

/** The launcher that runs, if one does. */
export async function findLauncher(layout: HomeLayout): Promise<LauncherApi | undefined> {
  const { api } = connectLauncher({ endpoint: layout.launcherEndpoint })
  try {
    await api.health()
    return api
  } catch (error) {
    if (error instanceof Refused && error.refusal.code === 'launcher-unreachable') return undefined
    throw error
  }
}
