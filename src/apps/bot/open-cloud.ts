import { unnamedAccount } from '../../adapters/cloud/account-ref-of.ts'
import { SECRET } from '../../adapters/account-secrets/secret-names.ts'
import { neutralBecause } from '../../domain/confidence/bound-confidence.ts'
import { neutralConfidence, type ConfidenceSource } from '../../domain/confidence/confidence.ts'
import { licenceOf, type LicenceSource, type LicenceVerdict } from '../../domain/licence/licence.ts'
import type { LicenceView } from '../../domain/licence/licence-standing.ts'
import type { CloudParts, Opened } from './cloud-parts.ts'
import { loadLate } from './load-late.ts'

/** A bot's own way to the cloud. Nothing of it is loaded before the bot trades, except for the lease of a live account. */
export type BotCloudLink = Readonly<{
  confidence: ConfidenceSource
  licence: LicenceSource
  /** Where the licence of a live account stands; undefined for paper, and while it is being loaded. */
  view: () => LicenceView | undefined
  /** Asks for the lease of a live account now; ends when there is an answer, or none. */
  look: () => Promise<void>
  /** Loads what asks, so that the first question does not wait for it. */
  warm: () => Promise<void>
  /** @param isGraceful gives the account free for other devices; a bot that failed will be back */
  close: (isGraceful: boolean) => Promise<void>
}>

/** How long a stop may wait for the cloud, milliseconds. */
const RELEASE_MS = 2_000

export function openBotCloud(parts: CloudParts): BotCloudLink {
  const { settings, cloud } = parts
  const isLive = settings.mode === 'live'
  let opened: Opened | undefined
  let opening: Promise<Opened | undefined> | undefined

  const open = (): Promise<Opened | undefined> => {
    if (!cloud) return Promise.resolve(undefined)
    opening ??= loadLate(() => import('./cloud-client.ts'))
      .then(({ openCloudParts }) => openCloudParts(parts, cloud))
      .then((it) => (opened = it))
      .catch((error: unknown) => {
        opening = undefined
        parts.log.warn('cloud-not-loaded', 'What speaks with the cloud could not be loaded', { error })
        return undefined
      })
    return opening
  }
  if (isLive) void open()

  const confidence: ConfidenceSource = {
    ask(context, query, signal) {
      if (opened) return opened.confidence.ask(context, query, signal)
      void open()
      return Promise.resolve(neutralBecause('what asks the cloud is being loaded'))
    },
  }
  const asks = cloud !== undefined && settings.cloud.confidence !== 'off' && settings.feed.kind !== 'replay'
  return {
    confidence: asks ? confidence : neutralConfidence,
    licence: { verdict: ({ mode }) => (mode === 'paper' ? licenceOf(mode) : liveVerdict(parts, opened)) },
    view: () => opened?.keeper?.view(),
    look: async () => (await opening)?.keeper?.check(),
    warm: async () => {
      if (asks) await open()
    },
    async close(isGraceful) {
      const last = await opening
      if (isGraceful) await last?.keeper?.release(RELEASE_MS)
      last?.keeper?.close()
      last?.client.close()
    },
  }
}

function liveVerdict({ cloud, secrets, settings }: CloudParts, opened: Opened | undefined): LicenceVerdict {
  if (opened?.keeper) return opened.keeper.view().verdict
  if (!cloud)
    return refused(
      'This installation works with no cloud that could give it a licence.',
      'Choose one: slipway cloud use',
    )
  if (!cloud.lease) {
    const { message, nextStep } = unnamedAccount(settings.accountId)
    return refused(message, nextStep)
  }
  if (opened === undefined && secrets[SECRET.licenceKey] === undefined) return licenceOf('live')
  return refused('The licence of this account is being looked at.', 'Wait a moment.')
}

function refused(message: string, nextStep: string): LicenceVerdict {
  return { entries: 'refused', code: 'licence-refused', message: `${message} ${nextStep}`, nextStep }
}
