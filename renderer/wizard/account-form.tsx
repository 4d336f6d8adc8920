import { Button, Group, Stepper, Text } from '@mantine/core'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import type { RefusalShape } from '../../src/contracts/bot-protocol.ts'
import { NoticePanel } from '../page/notice-panel.tsx'
import { BrokerStep } from './broker-step.tsx'
import { CredentialsStep, type Credentials } from './credentials-step.tsx'
import type { Draft } from './draft.ts'
import { isLiveConfirmed } from './live-question.tsx'
import { MarketStep } from './market-step.tsx'
import { ReviewStep } from './review-step.tsx'
import { RiskStep } from './risk-step.tsx'
import { STEP_TITLES, STEPS, whyNotDone, type Step, type StepProps } from './steps.ts'
import { useJudged } from './use-judged.ts'
import { currencyOf } from './use-form-facts.ts'

type AccountFormProps = Readonly<{
  /** What the form starts with. */
  start: Draft
  /** Where it begins; at its first step unless told. */
  startAt?: Step
  /** Told what is typed, and at which step, whenever that changes. Secrets are no part of it. */
  onTyped?: (draft: Draft, step: Step) => void
  /** Settings as they are now, of an account that is changed; undefined: it is added. */
  before: Draft | undefined
  facts: Pick<StepProps, 'strategies' | 'series' | 'taken'>
  /** What pressing the last button is called. */
  submitLabel: string
  isBusy: boolean
  failure: RefusalShape | undefined
  onSubmit: (draft: Draft, credentials: Credentials) => void
  onCancel: () => void
}>

const NO_CREDENTIALS: Credentials = { values: {}, tested: undefined }

/** The steps from a broker to an account. The launcher keeps nothing before the last one. */
export function AccountForm(props: AccountFormProps) {
  const { start, startAt = 'broker', onTyped, before, facts, submitLabel, isBusy, failure, onSubmit, onCancel } = props
  const [draft, change] = useState(start)
  const [step, setStep] = useState<Step>(startAt)
  const [told, setTold] = useState<string>()
  const [typed, setTyped] = useState('')
  const [credentials, setCredentials] = useState(NO_CREDENTIALS)
  const at = STEPS.indexOf(step)
  const judged = useJudged(draft, before, step === 'review')
  const asksForLive = draft.mode === 'live' && before?.mode !== 'live'
  const heading = useHeading(step)
  const isNew = before === undefined
  const known = { strategies: facts.strategies, taken: isNew ? facts.taken : [] }
  useEffect(() => onTyped?.(draft, step), [onTyped, draft, step])
  const stepProps: StepProps = { draft, change, isNew, ...facts, currency: currencyOf(draft.symbol) }

  const go = (to: Step) => {
    // Backwards always; forwards over steps that are done only.
    const open = STEPS.slice(at, STEPS.indexOf(to)).find((one) => whyNotDone(one, draft, known))
    setTold(open && whyNotDone(open, draft, known))
    setStep(open ?? to)
  }
  const mayEnd =
    judged.isSuccess &&
    !judged.isFetching &&
    !isBusy &&
    (!asksForLive || isLiveConfirmed(draft, typed)) &&
    (isNew || judged.data.changed?.length !== 0 || Object.keys(credentials.values).length > 0)

  const content: Record<Step, ReactNode> = {
    broker: <BrokerStep {...stepProps} />,
    credentials: <CredentialsStep {...stepProps} credentials={credentials} onChange={setCredentials} />,
    market: <MarketStep {...stepProps} />,
    risk: <RiskStep {...stepProps} />,
    review: <ReviewStep {...{ draft, judged, asksForLive, typed }} onType={setTyped} />,
  }
  return (
    <form
      className="accountForm"
      onSubmit={(event) => {
        event.preventDefault()
        if (step !== 'review') go(STEPS[at + 1]!)
        else if (mayEnd) onSubmit(draft, credentials)
      }}
      noValidate
    >
      <Stepper active={at} onStepClick={(to) => go(STEPS[to]!)} size="sm" iconSize={28}>
        {STEPS.map((name) => (
          <Stepper.Step key={name} label={STEP_TITLES[name]} aria-current={name === step ? 'step' : undefined} />
        ))}
      </Stepper>
      <section className="panel formPanel" aria-labelledby="step">
        <h2 id="step" ref={heading} tabIndex={-1} className="stepTitle">
          {STEP_TITLES[step]}
        </h2>
        {content[step]}
      </section>
      <div className="stepButtons">
        {told !== undefined && (
          <Text size="sm" c="var(--loss)" role="alert">
            {told}
          </Text>
        )}
        {failure && <NoticePanel title={isNew ? 'The account was not added.' : 'Nothing was changed.'} why={failure} />}
        <Group justify="space-between">
          <Button variant="subtle" color="gray" onClick={onCancel}>
            Cancel
          </Button>
          <Group gap="xs">
            {at > 0 && (
              <Button variant="default" onClick={() => go(STEPS[at - 1]!)}>
                Back
              </Button>
            )}
            {step === 'review' ? (
              <Button type="submit" loading={isBusy} disabled={!mayEnd} color={draft.mode === 'live' ? 'red' : 'cyan'}>
                {submitLabel}
              </Button>
            ) : (
              <Button type="submit">Next</Button>
            )}
          </Group>
        </Group>
      </div>
    </form>
  )
}

/** Each step begins at its heading for a keyboard and a screen reader. */
function useHeading(step: Step) {
  const heading = useRef<HTMLHeadingElement>(null)
  const shown = useRef(step)
  useEffect(() => {
    if (shown.current === step) return
    shown.current = step
    heading.current?.focus()
  }, [step])
  return heading
}
