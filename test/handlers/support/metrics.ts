/** One line of CloudWatch's embedded metric format. */
export interface MetricLine {
  readonly level: string;
  readonly timestamp: string;
  readonly _aws: {
    readonly CloudWatchMetrics: readonly [
      {
        readonly Namespace: string;
        readonly Dimensions: readonly (readonly string[])[];
        readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
      },
    ];
  };
  readonly [field: string]: unknown;
}

/** Returns the metrics of a line; undefined when it is not a metric line. */
export function parseMetricLine(text: string): MetricLine | undefined {
  if (!text.startsWith("{")) return undefined;
  const line = JSON.parse(text);
  return "_aws" in line ? line : undefined;
}

/** Returns every value in `lines` as `Name{dimension=value,…} value`, once for each set of dimensions, in order. */
export function readings(lines: readonly MetricLine[]): string[] {
  return lines.flatMap((line) => {
    const [{ Dimensions, Metrics }] = line._aws.CloudWatchMetrics;
    return Metrics.flatMap(({ Name }) =>
      Dimensions.map((names) => {
        const dimensions = names.map((name) => `${name}=${line[name]}`);
        return `${Name}{${dimensions.join(",")}} ${JSON.stringify(line[Name])}`;
      }),
    );
  });
}

/** Collects the metric lines of the handlers in each test of the suite, and keeps them out of the output of the run. */
export function captureMetrics(): MetricLine[] {
  const lines: MetricLine[] = [];
  const { write } = process.stdout;

  beforeEach(() => {
    lines.length = 0;
    process.stdout.write = (chunk: string | Uint8Array) => {
      const line = parseMetricLine(String(chunk));
      if (line) lines.push(line);
      return line !== undefined || write.call(process.stdout, chunk);
    };
  });
  afterEach(() => {
    process.stdout.write = write;
  });
  return lines;
}
