import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { AccountSettings } from '../../contracts/account-settings.ts'
import { appliesAtOnce } from '../../contracts/setting-groups.ts'
import { foldAccountId, isAccountId, parseAccountId, type AccountId } from '../../domain/account/account-id.ts'
import { Refused, refuse, type Refusal } from '../../domain/failure/refusal.ts'
import { startingTerms } from '../../domain/account/starting-terms.ts'
import { isInstrument } from '../../domain/instrument/catalogue.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import type { EpochMs } from '../../domain/units/units.ts'
import { readLastExit } from '../bot-process/last-exit.ts'
import { moveFile, removeFolder } from '../file/held-files.ts'
import { asStorageRefusal, replaceFile, syncFolder } from '../file/replace-file.ts'
import type { HomeLayout } from '../home/layout.ts'
import { whileFree } from '../lock/while-free.ts'
import { withFileLock } from '../lock/with-file-lock.ts'
import { readOpenThings } from '../state-db/read-open.ts'
import { readVenueAccount } from '../state-db/read-venue-account.ts'
import { applySettings, feedSetting, strategyAfter, type AccountRules } from './apply-settings.ts'
import { openAccountEntries, type AccountEntry } from './account-entries.ts'
import { booksMove, type BooksMove } from './books-move.ts'
import { changesBetween } from './changes-between.ts'
import { userIdOf } from './read-settings.ts'
import { refuseIdleClear } from './refuse-idle-clear.ts'

/** A new account as typed. */
export type AccountRequest = Readonly<{
  accountId: string
  user: string
  broker: string
  mode: 'paper' | 'live'
  strategy: string
  symbol: string
  timeframe: string
  feed: string
  set: readonly string[]
}>

export type AccountRegistry = Readonly<{
  /** `readopted` when the folder of a removed account was taken up again with all it holds. */
  add(request: AccountRequest): Promise<{ settings: AccountSettings; readopted: boolean }>
  /** What `add` would do, refusals included; nothing is written. */
  check(request: AccountRequest): Promise<{ settings: AccountSettings; readopted: boolean }>
  /** Every account in order of its id. One that is corrupt doesn't hide the others. */
  list(): readonly AccountEntry[]
  show(id: string): AccountSettings
  edit(id: string, set: readonly string[]): Promise<EditedAccount>
  /** What `edit` would do, refusals included; nothing is written. */
  checkEdit(id: string, set: readonly string[]): Promise<EditedAccount>
  remove(id: string, purge: boolean): Promise<{ accountId: AccountId; folder: string }>
}>

/** `changed` says each change as `name: old → new`; `atOnce`: all of it applies to a bot that runs, too. */
export type EditedAccount = Readonly<{ settings: AccountSettings; changed: string[]; atOnce: boolean }>

export type AccountRegistryOptions = Readonly<{
  layout: HomeLayout
  now: () => EpochMs
  rules: AccountRules
  /** Who holds the account now, as a sentence; undefined when nobody does. */
  heldBy: (id: AccountId) => Promise<string | undefined>
}>

/**
 * The accounts of one home: one folder each, with an account.json.
 *
 * Every method throws `Refused` with a sentence for a trader. Writers take a lock of the whole registry, because case
 * twins can only be seen by looking at all of it.
 */
export function openAccountRegistry({ layout, now, rules, heldBy }: AccountRegistryOptions): AccountRegistry {
  const entries = openAccountEntries(layout, rules)
  const { list, read } = entries
  const exclusively = <T>(work: () => Promise<T>) => {
    try {
      mkdirSync(layout.accounts, { recursive: true, mode: 0o700 })
    } catch (error) {
      throw asStorageRefusal(error, layout.accounts)
    }
    return withFileLock(layout.accounts, work)
  }

  function show(text: string): AccountSettings {
    const entry = read(knownId(text))
    if (!entry) return unknownAccount(text)
    if ('corrupt' in entry) throw new Refused(entry.corrupt)
    return entry.settings
  }

  function knownId(text: string): AccountId {
    const id = parseAccountId(text)
    return isAccountId(id) ? id : unknownAccount(text)
  }

  function unknownAccount(text: string): never {
    const names = list().map(({ accountId }) => accountId)
    const twin = names.find((name) => foldAccountId(name) === foldAccountId(text))
    const hint = names.length === 0 ? 'Add one with: slipway account add' : `Accounts are: ${shorten(names)}.`
    return refuse(
      'account-unknown',
      `There is no account ${JSON.stringify(text)}.`,
      twin ? `Did you mean ${twin}?` : hint,
    )
  }

  async function prepareNew(request: AccountRequest): Promise<AccountId> {
    const id = parseAccountId(request.accountId)
    if (!isAccountId(id)) throw new Refused(id)
    const unusable = await rules.prepare?.(strategyAfter(request.strategy, request.set))
    if (unusable) throw new Refused(unusable)
    return id
  }

  async function add(request: AccountRequest) {
    const id = await prepareNew(request)
    return exclusively(async () => {
      const planned = judgeNew(request, id)
      write(planned.settings)
      return planned
    })
  }

  async function check(request: AccountRequest) {
    return judgeNew(request, await prepareNew(request))
  }

  /** The settings as they would be registered. */
  function judgeNew(request: AccountRequest, id: AccountId): { settings: AccountSettings; readopted: boolean } {
    const twin = entries.folders().find((name) => foldAccountId(name) === foldAccountId(id))
    if (twin !== undefined && twin !== id) refuseTwin(id, twin)
    if (existsSync(layout.settings(id)))
      refuse('account-exists', `There is an account ${id} already.`, `See it with: slipway account show ${id}`)
    const { user, broker, mode, strategy, symbol } = request
    const settings = applySettings(
      {
        ...{ version: 1 as const, accountId: id, user, userId: userIdOf(user), broker, mode, strategy, symbol },
        timeframe: request.timeframe as AccountSettings['timeframe'],
        feed: feedSetting(request.feed),
        createdAt: new Date(now()).toISOString(),
        ...termsFor(rules.instrument(symbol.split(',')[0]!.trim())),
      },
      request.set,
      rules,
    )
    if (twin !== undefined) refuseForeignFolder(id, settings)
    refuseIdleClear(layout, settings, 0)
    return { settings, readopted: twin !== undefined }
  }

  function refuseTwin(id: AccountId, twin: string): never {
    return refuse(
      'account-exists',
      `The account id ${id} differs from ${twin} only in upper and lower case, and some systems can't tell them apart.`,
      existsSync(join(layout.accounts, twin, 'account.json'))
        ? 'Choose an id that differs in more than case.'
        : `Choose another id, use ${twin}, or delete what is left of it with: slipway account remove ${twin} --purge`,
    )
  }

  /** A folder kept from a removed account belongs to its user and its market; nobody else's trades may be added to it. */
  function refuseForeignFolder(id: AccountId, wanted: AccountSettings): void {
    const before = entries.readFrom(id, removedPath(id))
    if ('corrupt' in before) return
    const isSameUser = before.settings.userId === wanted.userId
    const move = booksMove(before.settings, wanted)
    const open = isSameUser && move && !isFoundAgain(id, move) ? whatIsOpen(id) : undefined
    if (isSameUser && open === undefined) return
    refuse(
      'account-exists',
      isSameUser
        ? `The removed account ${id} still has ${open}, and the ${move?.setting} would be another.`
        : `The folder of account ${id} holds the trades of another user.`,
      `Choose another id, or delete the folder with: slipway account remove ${id} --purge`,
    )
  }

  async function edit(text: string, set: readonly string[]) {
    const id = knownId(text)
    return exclusively(async () => {
      const { edited, isMoved } = await judgeEdit(id, set)
      if (isMoved) whileFree(layout, id, () => write(edited.settings))
      else if (edited.changed.length > 0) write(edited.settings)
      return edited
    })
  }

  async function checkEdit(text: string, set: readonly string[]) {
    return (await judgeEdit(knownId(text), set)).edited
  }

  /** The settings as they would be after a change. */
  async function judgeEdit(id: AccountId, set: readonly string[]) {
    const before = show(id)
    const strategy = strategyAfter(before.strategy, set)
    const unusable = await rules.prepare?.(strategy)
    // Limits can be changed while the file of a plug-in is away; another strategy must be there.
    if (unusable && strategy !== before.strategy) throw new Refused(unusable)
    const settings = applySettings(before, set, rules)
    refuseIdleClear(layout, settings, before.risk.clearBreach)
    const move = booksMove(before, settings)
    if (move) await refuseWhileTrading(id, move)
    const changes = changesBetween(before, settings)
    const edited: EditedAccount = {
      settings,
      changed: changes.map((change) => change.text),
      atOnce: changes.length > 0 && changes.every(({ name }) => appliesAtOnce(name)),
    }
    return { edited, isMoved: move !== undefined }
  }

  async function refuseWhileTrading(id: AccountId, move: BooksMove): Promise<void> {
    const { setting, isLeft } = move
    const holder = await heldBy(id)
    if (holder !== undefined)
      refuse(
        'account-held',
        `The ${setting} can't change while the bot runs. ${holder}`,
        `Stop it first: slipway stop ${id}`,
      )
    const open = isLeft && !isFoundAgain(id, move) ? whatIsOpen(id) : undefined
    if (open !== undefined)
      refuse(
        'setting-invalid',
        `The ${setting} can't change while account ${id} has ${open}.`,
        `Start it and close everything: slipway start ${id}, then slipway stop ${id} --flatten`,
      )
  }

  /** Whether its bot will tell the account of the books from any other, wherever it goes. */
  function isFoundAgain(id: AccountId, { isFound }: BooksMove): boolean {
    const known = isFound && readVenueAccount(layout, id)
    return known ? isFound(known) : false
  }

  /** @returns as in "it has …"; undefined when nothing is open */
  function whatIsOpen(id: AccountId): string | undefined {
    // The books know; what the last bot said when it left in order is older than a bot that was killed.
    if (existsSync(layout.state(id))) {
      const { positions, orders } = readOpenThings(layout, id)
      return openText(positions.length > 0, orders > 0)
    }
    const status = readLastExit(layout, id)?.status
    return status
      ? openText(status.position !== 0 || (status.holdings ?? []).length > 0, status.openOrders !== 0)
      : undefined
  }

  async function remove(text: string, purge: boolean) {
    const id = knownId(text)
    return exclusively(async () => {
      const folder = layout.account(id)
      const isRegistered = existsSync(layout.settings(id))
      const isLeft = purge && entries.folders().includes(id)
      if (!isRegistered && !isLeft) unknownAccount(text)
      const holder = await heldBy(id)
      if (holder !== undefined)
        refuse(
          'account-held',
          `Account ${id} can't be removed while it is in use. ${holder}`,
          `Stop it: slipway stop ${id}`,
        )
      whileFree(layout, id, () => {
        try {
          if (isRegistered) moveFile(layout.settings(id), removedPath(id))
          syncFolder(folder)
          if (purge) removeFolder(folder)
        } catch (error) {
          throw asStorageRefusal(error, folder)
        }
      })
      entries.forget(id)
      return { accountId: id, folder }
    })
  }

  const removedPath = (id: AccountId) => `${layout.settings(id)}.removed`

  function write(settings: AccountSettings): void {
    replaceFile(layout.settings(settings.accountId), JSON.stringify(settings, undefined, 2) + '\n')
    entries.forget(settings.accountId)
  }

  return { add, check, list, show, edit, checkEdit, remove }
}

function openText(hasPosition: boolean, hasOrders: boolean): string | undefined {
  if (hasPosition) return hasOrders ? 'an open position and working orders' : 'an open position'
  return hasOrders ? 'working orders' : undefined
}

function shorten(names: readonly string[]): string {
  return names.length <= 10 ? names.join(', ') : `${names.slice(0, 10).join(', ')} and ${names.length - 10} more`
}

/** An unknown symbol is refused when the settings are checked; until then it has no terms. */
function termsFor(instrument: Instrument | Refusal): object {
  return isInstrument(instrument) ? startingTerms(instrument) : {}
}
