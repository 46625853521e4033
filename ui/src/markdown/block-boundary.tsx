// A block that cannot be rendered shows its source; the rest of the answer stays.

import { Component, type ReactNode } from 'react';

interface Props {
  source: string;
  children: ReactNode;
}

interface State {
  source: string;
  failed: boolean;
}

export class BlockBoundary extends Component<Props, State> {
  override state: State = { source: this.props.source, failed: false };

  static getDerivedStateFromError(): Partial<State> {
    return { failed: true };
  }

  static getDerivedStateFromProps(props: Props, state: State): State | null {
    // More text may make it whole again.
    return state.source === props.source ? null : { source: props.source, failed: false };
  }

  override render(): ReactNode {
    return this.state.failed ? <p className="raw">{this.props.source}</p> : this.props.children;
  }
}
