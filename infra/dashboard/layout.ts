/** A widget without its position. */
export interface Widget {
  readonly type: "metric" | "alarm" | "text";
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Widgets next to each other under a heading, of equal width. */
export interface Row {
  readonly heading: string;
  readonly widgets: readonly Widget[];
  readonly height?: number;
}

export interface PlacedWidget extends Widget {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Columns of a CloudWatch dashboard. */
const columns = 24;
const headingHeight = 1;
const defaultHeight = 6;

/**
 * Positions rows from top to bottom, in the form of a dashboard's body:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html.
 */
export function place(rows: readonly Row[]): PlacedWidget[] {
  let y = 0;
  return rows.flatMap(({ heading, widgets, height = defaultHeight }) => {
    const markdown = { type: "text" as const, properties: { markdown: `## ${heading}` } };
    const width = Math.floor(columns / widgets.length);
    const top = y + headingHeight;
    const placed = widgets.map((widget, index) => ({ ...widget, x: index * width, y: top, width, height }));
    const title = { ...markdown, x: 0, y, width: columns, height: headingHeight };
    y = top + height;
    return [title, ...placed];
  });
}
