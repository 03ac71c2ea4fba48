/** The local addresses of a cloud, without a slash at the end. */
export interface CloudUrls {
  /**
   * The HTTP API that the program declares first.
   *
   * @throws {Error} when the program declares none
   */
  readonly api: string;
  /**
   * The distribution that the program declares first.
   *
   * @throws {Error} when the program declares none
   */
  readonly cdn: string;
  readonly s3: string;
  readonly sns: string;
  readonly sqs: string;
  /** Every HTTP API, by logical name. */
  readonly apis: Readonly<Record<string, string>>;
  /** Every distribution, by logical name. */
  readonly cdns: Readonly<Record<string, string>>;
}

type Services = Pick<CloudUrls, "s3" | "sns" | "sqs">;
type Several = Readonly<Record<"apis" | "cdns", ReadonlyMap<string, string>>>;

/** Returns the addresses of a cloud; without an API or a distribution, reading theirs throws. */
export function cloudUrls({ apis, cdns, ...services }: Services & Several): CloudUrls {
  const [[, api] = []] = apis;
  const [[, cdn] = []] = cdns;
  const urls = {
    ...services,
    apis: Object.fromEntries(apis),
    cdns: Object.fromEntries(cdns),
    get api() {
      return api ?? missing("HTTP API");
    },
    get cdn() {
      return cdn ?? missing("distribution");
    },
  };
  // A copy of all addresses, as for JSON, leaves out the ones that do not exist.
  Object.defineProperty(urls, "api", { enumerable: api !== undefined });
  Object.defineProperty(urls, "cdn", { enumerable: cdn !== undefined });
  return urls;
}

function missing(what: string): never {
  throw new Error(`The program declares no ${what}, so it has no address`);
}
