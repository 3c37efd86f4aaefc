"use client";

import { Component, type ReactNode } from "react";
import { ReloadButton } from "../ui/reload-button";
import { RoomHead } from "./room-head";
import { contentId } from "./skip-link";

interface ErrorBoundaryProps {
  /** Of the page: what is said of one goes with it. */
  path?: string;
  children: ReactNode;
}

/**
 * Stands in for what could not be drawn. Next's `error.tsx` would be a script more on each page, and leave out the header.
 */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { error: unknown }> {
  override state = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override componentDidUpdate({ path }: ErrorBoundaryProps) {
    if (this.state.error !== null && path !== this.props.path) this.setState({ error: null });
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <main id={contentId} tabIndex={-1} className="min-w-0 px-4 pt-5 pb-28 outline-none lg:px-6">
        <RoomHead
          title={/*i18n*/ "This page could not be shown"}
          lead={/*i18n*/ "Start the node again if it has stopped. Then reload the page."}
        />
        <p lang="en" className="mb-4 font-mono text-muted text-xs">
          {String(error)}
        </p>
        <ReloadButton />
      </main>
    );
  }
}
