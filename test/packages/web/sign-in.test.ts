import { Graph } from "@henkan/local-cloud";
import { expect } from "chai";
import { Events, OAuth2Server } from "oauth2-mock-server";
import { describeInBrowser } from "./browser.ts";
import { choose, type PagePipeline, photo, settled, startPagePipeline } from "./gallery.ts";

const clientId = "the-page";
const audience = "henkan-api";
/** Stage files accept only https, but the issuer of the tests is a local server without it. */
const declaredIssuer = "https://issuer.example.com";

describeInBrowser("signing in to the page", (visit) => {
  let issuer: OAuth2Server;
  let pipeline: PagePipeline;

  before(async () => {
    issuer = new OAuth2Server();
    await issuer.issuer.keys.generate("RS256");
    await issuer.start(0, "127.0.0.1");
    const url = String(issuer.issuer.url).replace("localhost", "127.0.0.1");
    issuer.issuer.url = url;
    const auth = { kind: "jwt", issuer: declaredIssuer, audience: [audience], clientId };
    const settings = { "henkan:auth": auth, "henkan:page": true };
    pipeline = await startPagePipeline(
      settings,
      (graph) => new Graph(JSON.parse(JSON.stringify(graph).replaceAll(declaredIssuer, url))),
    );
  });
  after(async () => {
    await pipeline?.close();
    await issuer?.stop();
  });
  afterEach(() => issuer.service.removeAllListeners());

  it("signs in with PKCE, and sends the token with every request to the API", async () => {
    issuer.service.on(Events.BeforeTokenSigning, ({ payload }) => {
      Object.assign(payload, { name: "Ada ‮Lovelace", aud: payload.aud ?? audience });
    });
    const page = await visit(pipeline.pageUrl);
    expect(await page.locator(".uppy-Dashboard").count()).to.equal(0);
    const asked = page.waitForRequest((request) => request.url().includes("/authorize"));
    await page.getByRole("button", { name: "Sign in" }).click();
    const { searchParams } = new URL((await asked).url());
    expect(Object.fromEntries(searchParams)).to.include({
      response_type: "code",
      client_id: clientId,
      redirect_uri: pipeline.pageUrl,
      code_challenge_method: "S256",
      audience,
      scope: "openid",
    });

    const created = page.waitForRequest(
      (request) => request.method() === "POST" && request.url().endsWith("/uploads"),
    );
    await page.getByText("Drop or paste files here").waitFor();
    expect(page.url()).to.equal(pipeline.pageUrl);
    await page.getByText("Lovelace").waitFor();
    await choose(page, await photo("mine.jpg"));
    const { authorization = "" } = await (await created).allHeaders();
    expect(authorization).to.match(/^Bearer [\w-]+\.[\w-]+\.[\w-]+$/);
    await settled(page, "mine.jpg");

    await page.reload();
    await settled(page, "mine.jpg");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("button", { name: "Sign in" }).waitFor();
  });

  it("renews a token that is about to expire, without a new sign-in", async () => {
    issuer.service.on(Events.BeforeResponse, ({ body }) => {
      Object.assign(body, { expires_in: 30 });
    });
    const page = await visit(pipeline.pageUrl);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("Drop or paste files here").waitFor();
    const renewal = page.waitForRequest(
      (request) => request.postData()?.includes("grant_type=refresh_token") ?? false,
    );
    await choose(page, await photo("renewed.jpg"));
    await renewal;
    await settled(page, "renewed.jpg");
  });

  it("uses each refresh token once, also for several files at a time", async () => {
    issuer.service.on(Events.BeforeResponse, ({ body }) => {
      Object.assign(body, { expires_in: 30 });
    });
    const page = await visit(pipeline.pageUrl);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("Drop or paste files here").waitFor();
    const used: (string | null)[] = [];
    page.on("request", (request) => {
      const form = new URLSearchParams(request.postData() ?? "");
      if (form.get("grant_type") === "refresh_token") used.push(form.get("refresh_token"));
    });
    const names = ["one.jpg", "two.jpg", "three.jpg", "four.jpg"];
    await choose(page, ...(await Promise.all(names.map((name) => photo(name, 100)))));
    for (const name of names) await settled(page, name);
    expect(used).to.not.deep.equal([]);
    expect(used).to.deep.equal([...new Set(used)]);
  });

  it("explains that access was denied, and lets people try again", async () => {
    issuer.service.once(Events.BeforeAuthorizeRedirect, ({ url }) => {
      url.searchParams.delete("code");
      url.searchParams.set("error", "access_denied");
    });
    const page = await visit(pipeline.pageUrl);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("You were not signed in: access was denied.").waitFor();
    expect(page.url()).to.equal(pipeline.pageUrl);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("Drop or paste files here").waitFor();
  });

  it("reports that the issuer cannot be reached", async () => {
    const page = await visit(pipeline.pageUrl);
    await page.route(`${issuer.issuer.url}/**`, (route) => route.abort("connectionrefused"));
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("The sign-in service cannot be reached.").waitFor();
  });

  it("asks people to sign in again when the API refuses the token", async () => {
    const page = await visit(pipeline.pageUrl);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("Drop or paste files here").waitFor();
    await page.route(`${pipeline.cloud.urls.api}/uploads`, (route) =>
      route.fulfill({ status: 401, headers: { "access-control-allow-origin": "*" }, body: "{}" }),
    );
    await choose(page, await photo("expired.jpg"));
    await page.getByText("Your sign-in has expired. Sign in again, then add the file once more.").waitFor();
    await page.unrouteAll();
    const token = page.waitForResponse((response) => response.url().endsWith("/token"));
    await page.getByRole("button", { name: "Sign in again", exact: true }).click();
    await token;
    await page.getByText("Drop or paste files here").waitFor();
    await choose(page, await photo("expired.jpg"));
    await settled(page, "expired.jpg");
  });
});
