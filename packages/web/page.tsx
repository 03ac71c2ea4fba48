import { useEffect, useRef, useState } from "preact/hooks";
import type { PageApi } from "./api.ts";
import { Gallery } from "./gallery/gallery.tsx";
import type { GalleryUploads } from "./gallery/uploads.ts";
import { CloseIcon, Mark } from "./icons.tsx";
import { signedOut } from "./page-errors.ts";
import type { Session } from "./session.ts";
import type { PageSettings } from "./settings.ts";
import { createDropZone } from "./upload/drop-zone.ts";
import type { UploadFailure } from "./upload/failures.ts";

interface PageProps {
  readonly settings: PageSettings;
  readonly session: Session;
  readonly api: PageApi;
  readonly uploads: GalleryUploads;
}

export function Page({ settings, session, api, uploads }: PageProps) {
  return (
    <>
      <header class="top">
        <span class="brand">
          <Mark />
          Henkan
        </span>
        <Account session={session} />
      </header>
      <main>
        <div class="intro">
          <h1 tabIndex={-1}>Drop files, get every variant</h1>
          <p>Photos and documents are converted as they arrive. Share the links, or download the results.</p>
        </div>
        {session.isOpen ? (
          <DropZone {...{ settings, session, api, uploads }} />
        ) : (
          <SignInPanel session={session} />
        )}
        <Gallery uploads={uploads} />
      </main>
      <div id="announcements" class="visually-hidden" role="status" />
    </>
  );
}

function Account({ session: { account } }: Pick<PageProps, "session">) {
  if (!account) return null;
  return (
    <span class="account">
      <bdi>{account.name}</bdi>
      <button type="button" class="quiet" onClick={() => account.signOut()}>
        Sign out
      </button>
    </span>
  );
}

function DropZone({ settings, session, api, uploads }: PageProps) {
  const target = useRef<HTMLDivElement>(null);
  const [failures, setFailures] = useState<readonly UploadFailure[]>([]);
  useEffect(() => {
    if (!target.current) return;
    const uppy = createDropZone({
      target: target.current,
      api,
      maxUploadBytes: settings.maxUploadBytes,
      onUploaded: (upload) => uploads.add(upload),
      onFailures: setFailures,
    });
    const warn = (event: BeforeUnloadEvent) => {
      if (Object.keys(uppy.getState().currentUploads).length > 0) event.preventDefault();
    };
    window.addEventListener("beforeunload", warn);
    return () => {
      window.removeEventListener("beforeunload", warn);
      uppy.destroy();
    };
  }, [settings, api, uploads]);
  return (
    <section class="drop-zone" aria-label="Upload">
      <div ref={target} />
      <div role="alert">
        <ul class="failures">
          {failures.map((failure) => (
            <FailureItem key={failure.id} {...failure} />
          ))}
        </ul>
      </div>
      {failures.some(({ reason }) => reason === signedOut().message) && (
        <button type="button" class="quiet" onClick={() => session.signIn()}>
          Sign in again
        </button>
      )}
    </section>
  );
}

function FailureItem({ name, reason, dismiss }: UploadFailure) {
  const dismissAndMoveOn = () => {
    dismiss?.();
    // The button that has the focus is removed with the failure.
    document.querySelector<HTMLElement>("h1")?.focus();
  };
  return (
    <li>
      <span>
        <bdi>{name}</bdi> was not uploaded. {reason}
      </span>
      {dismiss && (
        <button type="button" class="dismiss" aria-label={`Dismiss ${name}`} onClick={dismissAndMoveOn}>
          <CloseIcon />
        </button>
      )}
    </li>
  );
}

function SignInPanel({ session }: Pick<PageProps, "session">) {
  const [failure, setFailure] = useState(session.failure);
  const [isLeaving, setLeaving] = useState(false);
  const signIn = async () => {
    setLeaving(true);
    try {
      await session.signIn();
    } catch (error) {
      console.warn("The sign-in service did not answer", error);
      setFailure("The sign-in service cannot be reached. Try again in a minute.");
      setLeaving(false);
    }
  };
  return (
    <section class="sign-in" aria-label="Sign in">
      <p>Sign in to upload files.</p>
      <button type="button" class="primary" disabled={isLeaving} onClick={signIn}>
        Sign in
      </button>
      <p class="failure" role="alert">
        {failure}
      </p>
    </section>
  );
}
