/** The picture that a person takes along: both maps as they are, the answer, and what the colours mean. */

import { type Coloring, MISSING } from "../color/color.ts";
import { rampEnds } from "../color/legend.ts";
import type { PairView } from "../maps/pair.ts";
import { count } from "../ui/format.ts";
import { cutToRoom, flow } from "../ui/paint.ts";

/** Pixels for each of the screen's, unless the picture would be larger than graphics memory takes. */
const RATIO = 2;
const MOST_PIXELS = 8192;
const MARGIN = 16;
const LINE = 20;
/** Narrower than this, words would be cut that have room on the widget. */
const LEAST_WIDTH = 420;
const LEGEND_LINES = 3;
const [SWATCH, GAP, RAMP] = [9, 16, 160];

export interface PictureParts {
  /** Of the whole widget: its fonts and colours. */
  root: HTMLElement;
  pair: PairView;
  title: string;
  sentences: readonly string[];
  coloring: Coloring | null;
  /** What the points are coloured by. */
  colorTitle: string;
}

interface Words {
  text: string;
  /** Of a swatch before it. */
  css?: string;
}

/** As a PNG; rejects with an Error where the browser cannot make one. */
export async function drawPicture(parts: PictureParts): Promise<Blob> {
  const { pair, root } = parts;
  const maps = { width: pair.node.clientWidth, height: pair.node.clientHeight };
  const width = Math.max(LEAST_WIDTH, maps.width + 2 * MARGIN);
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  if (!context || maps.width === 0) throw new Error("The maps are not on the screen.");
  const style = getComputedStyle(root);
  const color = (name: string) => style.getPropertyValue(`--ew-${name}`);
  const font = (weight: number, size: number) => `${weight} ${size}px ${style.fontFamily}`;
  const room = width - 2 * MARGIN;
  const measured = (text: string) => context.measureText(text).width;
  context.font = font(400, 13);
  const words = parts.sentences.map((text, i) => (i === 0 ? text : `· ${text}`));
  const sentences = flow(
    words.flatMap((text) => text.split(" ")),
    measured,
    room,
    measured(" "),
  );
  const legend = legendLines(parts.coloring, measured, room);
  const above = MARGIN + LINE * (1 + sentences.length) + 8;
  const below = LINE * (1 + legend.length) + MARGIN;
  const height = above + maps.height + below;
  const ratio = Math.min(RATIO, MOST_PIXELS / Math.max(width, height));
  // Setting the size empties a context of all that was set.
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  context.scale(ratio, ratio);
  context.fillStyle = color("bg");
  context.fillRect(0, 0, width, height);
  const write = (text: string, x: number, y: number, ink: string) => {
    context.fillStyle = color(ink);
    context.fillText(cutToRoom(context, text, width - MARGIN - x), x, y);
  };
  context.font = font(600, 15);
  write(parts.title, MARGIN, MARGIN + 13, "fg");
  context.font = font(400, 13);
  for (const [i, line] of sentences.entries()) {
    write(line.join(" "), MARGIN, MARGIN + 13 + LINE * (i + 1), "fg");
  }
  context.save();
  context.translate((width - maps.width) / 2, above);
  pair.paint(context, ratio);
  context.strokeStyle = color("line");
  context.strokeRect(0, 0, maps.width, maps.height);
  context.restore();
  let y = above + maps.height + LINE;
  context.font = font(400, 13);
  const { coloring } = parts;
  if (coloring && coloring.legend.kind !== "category") {
    const [low, high] = rampEnds(coloring.legend);
    write(`${parts.colorTitle}:  ${low}`, MARGIN, y, "muted");
    const x = MARGIN + measured(`${parts.colorTitle}:  ${low}`) + 8;
    drawRamp(context, coloring.legend.ramp, x, y - SWATCH);
    const { legend: ramp } = coloring;
    const gap = ramp.kind !== "coincidence" && ramp.missing > 0;
    const end = gap ? `${high} · ${count(ramp.missing)} missing` : high;
    write(end, x + RAMP + 8, y, "muted");
  } else if (coloring) write(`${parts.colorTitle}:`, MARGIN, y, "muted");
  for (const line of legend) {
    y += LINE;
    let x = MARGIN;
    for (const { text, css } of line) {
      if (css) {
        context.fillStyle = css;
        context.fillRect(x, y - SWATCH, SWATCH, SWATCH);
      }
      write(text, x + (css ? SWATCH + 5 : 0), y, "fg");
      x += widthOf({ text, css }, measured) + GAP;
    }
  }
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob) resolve(blob);
      else reject(new Error("The browser has no memory for a picture of this size."));
    }, "image/png");
  });
}

function drawRamp(context: CanvasRenderingContext2D, ramp: string[], x: number, y: number): void {
  const gradient = context.createLinearGradient(x, 0, x + RAMP, 0);
  for (const [i, css] of ramp.entries()) gradient.addColorStop(i / (ramp.length - 1), css);
  context.fillStyle = gradient;
  context.fillRect(x, y, RAMP, SWATCH);
}

/** Categories in a few lines, and how many there was no room for. */
function legendLines(
  coloring: Coloring | null,
  measured: (text: string) => number,
  room: number,
): Words[][] {
  if (coloring?.legend.kind !== "category") return [];
  const { entries, others, missing } = coloring.legend;
  const words = entries.map(({ label, count: n, css }) => ({ text: `${label} ${count(n)}`, css }));
  if (missing > 0) words.push({ text: `missing ${count(missing)}`, css: missingColor(coloring) });
  const widthIn = (part: Words) => widthOf(part, measured);
  const lines = flow<Words>(words, widthIn, room, GAP);
  if (lines.length <= LEGEND_LINES) return lines;
  const shown = lines.slice(0, LEGEND_LINES);
  const last = shown[LEGEND_LINES - 1];
  const rest = () => {
    const n = words.length - shown.flat().length + Math.max(0, others.length - 1);
    return { text: `and ${count(n)} more` };
  };
  const full = () => flow<Words>([...last, rest()], widthIn, room, GAP).length > 1;
  while (last.length > 1 && full()) last.pop();
  last.push(rest());
  return shown;
}

function missingColor({ palette }: Coloring): string {
  return `rgb(${palette.slice(4 * MISSING, 4 * MISSING + 3).join(" ")})`;
}

function widthOf({ text, css }: Words, measured: (text: string) => number): number {
  return measured(text) + (css ? SWATCH + 5 : 0);
}
