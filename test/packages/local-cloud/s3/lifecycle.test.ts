import { expect } from "chai";
import { applyLifecycle, type LifecycleRule } from "../../../../packages/local-cloud/s3/lifecycle.ts";
import { bucket, type Endpoint, startEndpoint } from "./endpoint.ts";

const attributes = { contentType: "text/plain", metadata: {} };
const expireLogs: LifecycleRule = {
  id: "logs",
  status: "Enabled",
  filter: { prefix: "logs/" },
  expiration: { days: 2 },
  abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
};

describe("S3 lifecycle", () => {
  let s3: Endpoint;
  beforeEach(async () => {
    s3 = await startEndpoint();
    const lastModified = new Date("2026-03-01T10:00:00Z");
    for (const key of ["logs/a", "photos/b"]) {
      await s3.store.put(bucket, key, Buffer.from("x"), attributes, { lastModified });
      s3.store.uploads.create({ bucket, key, initiated: lastModified, attributes });
    }
  });
  afterEach(() => s3.stop());

  const keysAt = (time: string, rule = expireLogs) => {
    applyLifecycle(s3.store, new Map([[bucket, [rule]]]), new Date(time));
    return [...s3.store.list(bucket)].map(({ key }) => key);
  };
  const uploads = () => s3.store.uploads.list(bucket).map(({ key }) => key);

  it("deletes objects with the prefix at the midnight after their days", () => {
    expect(keysAt("2026-03-03T23:59:59Z")).to.deep.equal(["logs/a", "photos/b"]);
    expect(keysAt("2026-03-04T00:00:00Z")).to.deep.equal(["photos/b"]);
  });

  it("aborts multipart uploads that were never completed", () => {
    keysAt("2026-03-02T23:59:59Z");
    expect(uploads()).to.deep.equal(["logs/a", "photos/b"]);
    keysAt("2026-03-03T00:00:00Z");
    expect(uploads()).to.deep.equal(["photos/b"]);
  });

  it("ignores a disabled rule, and refuses a filter that it does not support", () => {
    expect(keysAt("2027-01-01T00:00:00Z", { ...expireLogs, status: "Disabled" })).to.have.length(2);
    const bySize: LifecycleRule = { ...expireLogs, filter: JSON.parse('{ "objectSizeGreaterThan": 5 }') };
    expect(() => keysAt("2027-01-01T00:00:00Z", bySize)).to.throw("logs filters by objectSizeGreaterThan");
  });
});
