import { Component, Suspense, type ReactNode } from 'react'
import { NotLoaded } from './lazy-part.ts'
import { NoticePanel } from './notice-panel.tsx'

type LoadedPartProps = Readonly<{
  /** Shown until its code is there. */
  fallback: ReactNode
  isOnline: boolean
  /** Stands in its place when it could not be loaded; a notice without it. */
  instead?: ReactNode
  /** Loads the whole page again, at the place it is. */
  reload?: () => void
  children: ReactNode
}>

/**
 * A part of the page that may have to be loaded first. Where that fails the rest stays, and it is tried again as soon as the
 * launcher answers: by loading the page, because a browser may keep a failed load for as long as the page lives.
 */
export class LoadedPart extends Component<LoadedPartProps, { error: Error | undefined }> {
  override state = { error: undefined as Error | undefined }

  static getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }

  override componentDidUpdate(before: LoadedPartProps) {
    if (this.state.error instanceof NotLoaded && !before.isOnline && this.props.isOnline) this.#reload()
  }

  #reload = () => (this.props.reload ?? (() => window.location.reload()))()

  override render() {
    const { error } = this.state
    if (!error) return <Suspense fallback={this.props.fallback}>{this.props.children}</Suspense>
    if (!(error instanceof NotLoaded)) throw error
    const { instead, isOnline } = this.props
    if (instead !== undefined) return instead
    return (
      <NoticePanel
        title="This part is not loaded yet"
        why={{
          code: 'page-not-loaded',
          message: isOnline
            ? 'Its code did not come from the launcher, which may have been updated since the page was opened.'
            : 'Its code comes from the launcher, which does not answer.',
          nextStep: isOnline ? 'Load the page again.' : 'It comes by itself when the launcher answers.',
        }}
        {...(isOnline ? { onRetry: this.#reload } : {})}
      />
    )
  }
}
