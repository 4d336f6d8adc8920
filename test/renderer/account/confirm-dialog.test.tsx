import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { useState } from 'react'
import { expect, it, onTestFinished } from 'vitest'
import { ConfirmDialog } from '../../../renderer/account/confirm-dialog.tsx'
import { PageShell } from '../../../renderer/page/page-shell.tsx'
import { prepareBrowser } from '../../support/render-page.tsx'

function Asked() {
  const [isAsking, setAsking] = useState(false)
  return (
    <>
      <button onClick={() => setAsking(true)}>Flatten</button>
      {isAsking && (
        <ConfirmDialog
          title="Flatten it?"
          action="Yes"
          color="red"
          onConfirm={() => undefined}
          onClose={() => setAsking(false)}
        >
          All of it.
        </ConfirmDialog>
      )}
    </>
  )
}

it.each(['Yes', 'Cancel', 'Close'])('gives the keyboard back to what has asked, after %s', async (answer) => {
  prepareBrowser()
  onTestFinished(cleanup)
  render(
    <PageShell env="test">
      <Asked />
    </PageShell>,
  )
  const button = screen.getByRole('button', { name: 'Flatten' })
  button.focus()
  fireEvent.click(button)
  const yes = await screen.findByRole('button', { name: answer })
  yes.focus()
  fireEvent.click(yes)
  await waitFor(() => expect(document.activeElement).toBe(button))
})
