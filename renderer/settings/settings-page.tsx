import { Button, Checkbox, Group, Radio, SegmentedControl, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { RefusalShape } from '../../src/contracts/bot-protocol.ts'
import type { Preferences, PreferencesChange } from '../../src/contracts/launcher/preferences.ts'
import { formatNumber, type NumberStyle } from '../format/money.ts'
import { describeFailure } from '../launcher/describe-failure.ts'
import { NoticePanel } from '../page/notice-panel.tsx'
import { PageTitle } from '../page/page-title.tsx'
import { Shortcuts } from '../palette/shortcuts.tsx'
import { usePreferences } from '../preferences/preferences-context.tsx'
import { timesFor } from '../preferences/use-times.ts'
import { VaultPanel } from '../vault/vault-panel.tsx'

const THEMES = [
  { value: 'auto', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
]

const ZONES = [
  { value: 'exchange', label: 'Of the exchange', help: 'Each account in the time of its market.' },
  { value: 'local', label: 'Of this computer', help: '' },
  { value: 'utc', label: 'UTC', help: 'As in files, logs and on the command line.' },
] as const

const STYLES: readonly NumberStyle[] = ['comma', 'point', 'space', 'apostrophe', 'indian']

const NOTICES = {
  crashed: 'A bot crashed',
  blind: 'A bot gets no prices any more',
  lossLimit: 'An account reached its loss limit',
  killSwitch: 'A kill switch was engaged or released',
} as const satisfies Record<keyof Preferences['notifications'], string>

/** How the page looks and what it tells of; the same for every window on this home folder. */
export function SettingsPage() {
  const { preferences, change } = usePreferences()
  const [failure, setFailure] = useState<RefusalShape>()
  const [last, setLast] = useState<PreferencesChange>()
  const save = (wanted: PreferencesChange) => {
    setLast(wanted)
    change(wanted).then(
      () => setFailure(undefined),
      (error: unknown) => setFailure(describeFailure(error)),
    )
  }
  return (
    <div className="plainPage">
      <PageTitle title="Settings">
        Changes are kept at once, for every window and the desktop app on this computer.
      </PageTitle>
      {failure && (
        <NoticePanel
          title="This change was not kept."
          why={failure}
          {...(last === undefined ? {} : { onRetry: () => save(last) })}
        />
      )}
      <section className="panel" aria-labelledby="looks">
        <h3 id="looks" className="panelTitle">
          Looks
        </h3>
        <Stack p="sm" gap="md">
          <div role="group" aria-labelledby="theme">
            <Text id="theme" size="sm" fw={500} mb={4}>
              Theme
            </Text>
            <SegmentedControl
              aria-labelledby="theme"
              value={preferences.theme}
              onChange={(theme) => save({ theme: theme as Preferences['theme'] })}
              data={THEMES}
            />
          </div>
          <Radio.Group
            label="Times"
            value={preferences.zone}
            onChange={(zone) => save({ zone: zone as Preferences['zone'] })}
          >
            <Stack gap={6} mt={4}>
              {ZONES.map(({ value, label, help }) => (
                <Radio key={value} value={value} label={label} description={help || example(value)} />
              ))}
            </Stack>
          </Radio.Group>
          <Radio.Group
            label="Numbers"
            value={preferences.numbers}
            onChange={(numbers) => save({ numbers: numbers as NumberStyle })}
          >
            <Group gap="lg" mt={4}>
              {STYLES.map((style) => (
                <Radio
                  key={style}
                  value={style}
                  label={<span className="figure">{formatNumber('1234567.89', style)}</span>}
                />
              ))}
            </Group>
          </Radio.Group>
        </Stack>
      </section>
      <section className="panel" aria-labelledby="notices">
        <h3 id="notices" className="panelTitle">
          Notifications
        </h3>
        <Stack p="sm" gap="xs">
          {Object.entries(NOTICES).map(([name, label]) => (
            <Checkbox
              key={name}
              label={label}
              checked={preferences.notifications[name as keyof typeof NOTICES]}
              onChange={({ currentTarget }) => save({ notifications: { [name]: currentTarget.checked } })}
            />
          ))}
          <BrowserNotices />
        </Stack>
      </section>
      <VaultPanel />
      <section className="panel" aria-labelledby="keys">
        <h3 id="keys" className="panelTitle">
          Keyboard
        </h3>
        <Shortcuts />
      </section>
    </div>
  )
}

function example(zone: 'local' | 'exchange' | 'utc'): string {
  const times = timesFor(zone, undefined)
  return `It is ${times.minute(Date.now())} ${times.zone}.`
}

/** In a browser the system asks once; the desktop app may always. */
function BrowserNotices() {
  const [permission, setPermission] = useState(() =>
    typeof Notification === 'undefined' ? 'denied' : Notification.permission,
  )
  switch (permission) {
    case 'granted':
      return (
        <Text size="xs" c="dimmed">
          This browser shows them while a Slipway page is open.
        </Text>
      )
    case 'default':
      return (
        <Group gap="sm">
          <Button
            size="compact-sm"
            variant="light"
            onClick={() => void Notification.requestPermission().then(setPermission)}
          >
            Let this browser show them
          </Button>
        </Group>
      )
    default:
      return (
        <Text size="xs" c="dimmed">
          This browser does not show them. Allow notifications for this page in its site settings, or use the desktop
          app.
        </Text>
      )
  }
}
