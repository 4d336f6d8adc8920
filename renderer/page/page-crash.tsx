import { Component, type ReactNode } from 'react'
import { NoticePanel } from './notice-panel.tsx'

/** Catches a fault of the page itself; bots and launcher know nothing of it. */
export class PageCrash extends Component<{ children: ReactNode }, { error: Error | undefined }> {
  override state = { error: undefined as Error | undefined }

  static getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }

  override render() {
    const { error } = this.state
    if (!error) return this.props.children
    return (
      <main style={{ maxWidth: 680, margin: '48px auto', padding: 16 }}>
        <NoticePanel
          title="This page has failed"
          why={{
            code: 'page-failed',
            message: `Bots and launcher are not affected. The page says: ${error.message}`,
            nextStep: 'Load the page again. If it fails again, use the command line: npx slipway status',
          }}
          onRetry={() => window.location.reload()}
        />
      </main>
    )
  }
}
