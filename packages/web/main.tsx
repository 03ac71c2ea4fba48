import "./styles/main.css";
import { render } from "preact";
import { PageApi } from "./api.ts";
import { GalleryUploads } from "./gallery/uploads.ts";
import { Watcher } from "./gallery/watcher.ts";
import { Page } from "./page.tsx";
import { openToAll, type Session } from "./session.ts";
import { type PageSettings, readSettings } from "./settings.ts";

const root = document.querySelector("#page");
if (!root) throw new Error("The document has no element #page");

const settings = readSettings();
const session = await openSession(settings);
const api = new PageApi(settings, () => session.authorization());
const uploads = new GalleryUploads();
if (session.isOpen) new Watcher(uploads, api);
render(<Page {...{ settings, session, api, uploads }} />, root);

/** Loads the OpenID Connect client only when people sign in. */
async function openSession({ signIn }: PageSettings): Promise<Session> {
  if (!signIn) return openToAll;
  const { startSession } = await import("./sign-in.ts");
  return startSession(signIn);
}
