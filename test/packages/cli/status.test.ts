import { expect } from "chai";
import { runCommand } from "./command-line.ts";
import { results, uploading } from "./uploading.ts";

describe("npm run henkan -- status", () => {
  const { pipeline, upload, write } = uploading();

  it("prints an upload's variants, and waits for them", async () => {
    const [sent] = results(await upload(write("a.txt", "hello"), "--json"));
    const api = ["--api", pipeline().cloud.urls.api];
    const waited = await runCommand("henkan", "status", sent?.id ?? "", ...api, "--wait", "--json");
    expect(waited.code).to.equal(0);
    expect(JSON.parse(waited.stdout)).to.include({ id: sent?.id, state: "complete" });
    const shown = await runCommand("henkan", "status", sent?.id ?? "", ...api);
    expect(shown.stdout).to.match(
      /^complete\n\nvariant +state +.*\narchive +ready +application\/zip +\d+ +http/,
    );
    const unknown = await runCommand("henkan", "status", "nonsense", ...api);
    expect([unknown.code, unknown.stderr.split("\n")[1]]).to.deep.equal([
      1,
      'Nothing was uploaded under the id "nonsense"',
    ]);
  });
});
