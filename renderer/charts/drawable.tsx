import { Component, type ReactNode } from 'react'

type DrawableProps = Readonly<{ children: ReactNode; fallback: ReactNode }>

/** A chart, or what stands in for it where it can not be drawn: no canvas to be had, or its code did not arrive. */
export class Drawable extends Component<DrawableProps, { failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError() {
    return { failed: true }
  }

  override render() {
    return this.state.failed ? this.props.fallback : this.props.children
  }
}
