import type { AccountHolder, AccountStatus } from '../../src/contracts/fleet.ts'
import { Icon } from '../page/icon.tsx'
import { useNumbers } from '../preferences/use-numbers.ts'

const NOTHING = '\u2013'
const COLOR = { gain: 'var(--gain)', loss: 'var(--loss)', even: 'inherit' } as const

/** A gain or loss with its currency under it; the sign says which, the colour only repeats it. */
export function SignedMoney({ amount, currency }: { amount: string | undefined; currency: string }) {
  const numbers = useNumbers()
  if (amount === undefined) return NOTHING
  const { text, sense } = numbers.money(amount, '')
  return (
    <div className="lines figure">
      <div style={{ color: COLOR[sense] }}>{text}</div>
      <div className="second">{currency}</div>
    </div>
  )
}

/** What something is worth, with its currency under it. */
export function PlainMoney({ amount, currency }: { amount: string | undefined; currency: string }) {
  const numbers = useNumbers()
  if (amount === undefined) return NOTHING
  return (
    <div className="lines figure">
      <div>{numbers.number(amount)}</div>
      <div className="second">{currency}</div>
    </div>
  )
}

const RULES = { 'daily-loss': 'daily loss', 'trailing-drawdown': 'drawdown' } as const

/** How much of the nearest limit on losses is used: a share, a bar, and the amounts in words. */
export function LossUsed({ used, currency }: { used: AccountStatus['lossLimitUsed']; currency: string }) {
  const numbers = useNumbers()
  if (!used) return <span title={used === null ? 'The account has no limit on losses.' : undefined}>{NOTHING}</span>
  const percent = Math.floor(used.share * 100)
  const level = used.share >= 1 ? 'reached' : used.share >= 0.75 ? 'near' : 'far'
  const rule = RULES[used.rule]
  const said = `${numbers.number(used.used)} of ${numbers.number(used.limit)} ${currency} of the ${rule} limit is used.`
  return (
    <div className="lossUsed" data-level={level} title={said}>
      <div className="figure">{level === 'reached' ? 'Reached' : `${percent} %`}</div>
      <div className="lossBar" aria-hidden>
        <div style={{ width: `${Math.min(100, percent)}%` }} />
      </div>
      <div className="second">{rule}</div>
    </div>
  )
}

/** What the log has had to say since the start. */
export function Issues({ warnings, errors, lastError }: Pick<AccountStatus, 'warnings' | 'errors' | 'lastError'>) {
  if (warnings === undefined || errors === undefined)
    return lastError === null ? NOTHING : <Count icon="crashed" tone="error" n={1} what="error" hint={lastError} />
  if (warnings + errors === 0) return <span title="No warnings, no errors.">0</span>
  return (
    <span className="issues">
      {errors > 0 && <Count icon="crashed" tone="error" n={errors} what="error" hint={lastError} />}
      {warnings > 0 && <Count icon="warning" tone="warning" n={warnings} what="warning" hint={null} />}
    </span>
  )
}

type CountProps = Readonly<{
  icon: 'crashed' | 'warning'
  tone: 'error' | 'warning'
  n: number
  what: string
  hint: string | null
}>

function Count({ icon, tone, n, what, hint }: CountProps) {
  const text = `${n} ${what}${n === 1 ? '' : 's'} since the start`
  return (
    <span className="issue" data-tone={tone} title={hint ? `${text}. Last: ${hint}` : text}>
      <Icon name={icon} size={12} />
      <span className="figure">{n > 9_999 ? '9999+' : n}</span>
      <span className="hidden">{what}s</span>
    </span>
  )
}

const VERDICTS: Readonly<Record<AccountHolder['verdict'], string>> = {
  free: 'Free',
  alive: 'Its bot',
  gone: 'Left over',
  'pid-reused': 'Left over',
  'other-boot': 'Left over',
  'other-host': 'Other computer',
  zombie: 'Ending',
  unresponsive: 'No answer',
  unknown: 'Unknown',
}

/** Who holds the account, in two words; the whole sentence on a closer look. */
export function HolderText({ holder, pid }: { holder: AccountHolder | undefined; pid: number | null }) {
  if (!holder) return NOTHING
  const isOdd = holder.verdict === 'unresponsive' || holder.verdict === 'unknown' || holder.verdict === 'other-host'
  return (
    <div className="lines" title={holder.text}>
      <div className={isOdd ? 'odd' : undefined}>{VERDICTS[holder.verdict]}</div>
      {pid !== null && <div className="second figure">{pid}</div>}
    </div>
  )
}
