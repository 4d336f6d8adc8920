import { Button, Loader, type ButtonProps } from '@mantine/core'
import { Icon, type IconName } from './icon.tsx'

type ActionButtonProps = Pick<ButtonProps, 'size' | 'color' | 'variant'> &
  Readonly<{
    word: string
    /** Whole sentence for those who hear the button without its row. */
    label: string
    icon: IconName
    isBusy: boolean
    isOff: boolean
    /** Why it is off, or what it does. */
    hint?: string
    onClick: () => void
  }>

/**
 * A button that keeps the keyboard's focus when it is off or busy: a disabled one would drop it, and whoever pressed
 * Start with the keyboard would have to find the way back to Stop.
 */
export function ActionButton({ word, label, icon, isBusy, isOff, hint, onClick, ...look }: ActionButtonProps) {
  const isDead = isOff || isBusy
  return (
    <Button
      {...look}
      aria-label={label}
      aria-disabled={isDead}
      aria-busy={isBusy}
      {...(isDead ? { 'data-disabled': true } : {})}
      title={hint}
      leftSection={isBusy ? <Loader size={12} color="currentColor" /> : <Icon name={icon} size={12} />}
      onClick={(event: React.MouseEvent) => {
        event.stopPropagation()
        if (!isDead) onClick()
      }}
    >
      {word}
    </Button>
  )
}
