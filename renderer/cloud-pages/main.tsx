import '../no-eval.ts'
import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import '../page/page.css'
import '../frame/frame.css'
import './cloud-pages.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { PageShell } from '../page/page-shell.tsx'
import { CloudApp } from './cloud-app.tsx'

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <PageShell>
      <CloudApp />
    </PageShell>
  </StrictMode>,
)
