import { useMantineColorScheme } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, useContext, useEffect, useMemo, useRef, type ReactNode } from 'react'
import {
  DEFAULT_PREFERENCES,
  type Preferences,
  type PreferencesChange,
} from '../../src/contracts/launcher/preferences.ts'
import { useLauncher } from '../launcher/launcher-context.tsx'

type PreferencesUse = Readonly<{
  preferences: Preferences
  /** Shown at once, and taken back with a rejection when the launcher would not keep it. */
  change: (change: PreferencesChange) => Promise<void>
}>

const PreferencesContext = createContext<PreferencesUse>({
  preferences: DEFAULT_PREFERENCES,
  change: () => Promise.reject(new Error('preferences need a PreferencesProvider above')),
})

const KEY = ['preferences']

/** What the page looks like, kept by the launcher, so that every window and the desktop app agree. */
export function PreferencesProvider({ children }: { children: ReactNode }) {
  const { client } = useLauncher()
  const queries = useQueryClient()
  const { data: preferences = DEFAULT_PREFERENCES } = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => client.preferences.read(undefined, { signal }),
    // Another window may have changed them.
    refetchOnWindowFocus: 'always',
    retry: true,
    retryDelay: 2_000,
  })
  useTheme(preferences.theme)
  const use = useMemo(
    () => ({
      preferences,
      async change(change: PreferencesChange) {
        await queries.cancelQueries({ queryKey: KEY })
        const before = queries.getQueryData<Preferences>(KEY) ?? DEFAULT_PREFERENCES
        const { notifications, ...others } = defined(change)
        queries.setQueryData(KEY, {
          ...before,
          ...others,
          notifications: { ...before.notifications, ...notifications },
        })
        try {
          queries.setQueryData(KEY, await client.preferences.change(change))
        } catch (error) {
          queries.setQueryData(KEY, before)
          throw error
        }
      },
    }),
    [preferences, queries, client],
  )
  return <PreferencesContext value={use}>{children}</PreferencesContext>
}

export function usePreferences(): PreferencesUse {
  return useContext(PreferencesContext)
}

/** Mantine keeps the theme for itself too, in the browser, so that a reload starts in the right colours. */
function useTheme(theme: Preferences['theme']): void {
  const { setColorScheme } = useMantineColorScheme()
  const set = useRef<string>(undefined)
  useEffect(() => {
    if (set.current === theme) return
    // The default must not undo, for a moment, what this browser remembers.
    if (set.current !== undefined || theme !== 'auto') setColorScheme(theme)
    set.current = theme
  }, [theme, setColorScheme])
}

function defined(change: PreferencesChange): PreferencesChange {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
}
