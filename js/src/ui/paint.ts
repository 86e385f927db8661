/** Puts what a page shows onto a canvas: shapes of an SVG, and texts in their own fonts. */

/** Draws the lines, circles and paths of an SVG that are to be seen, as their styles have them. */
export function paintShapes(context: CanvasRenderingContext2D, svg: SVGElement): void {
  for (const shape of svg.querySelectorAll<SVGGeometryElement>("line, circle, path")) {
    if (shape.closest("[hidden]")) continue;
    const style = getComputedStyle(shape);
    const path = pathOf(shape);
    context.save();
    const matrix = shape.transform.baseVal.consolidate()?.matrix;
    if (matrix) {
      const { a, b, c, d, e, f } = matrix;
      context.transform(a, b, c, d, e, f);
    }
    const fill = () => {
      if (style.fill === "none" || shape instanceof SVGLineElement) return;
      context.globalAlpha = Number(style.fillOpacity);
      context.fillStyle = style.fill;
      context.fill(path, style.fillRule as CanvasFillRule);
    };
    const stroke = () => {
      if (style.stroke === "none") return;
      context.globalAlpha = Number(style.strokeOpacity);
      context.strokeStyle = style.stroke;
      context.lineWidth = Number.parseFloat(style.strokeWidth);
      context.stroke(path);
    };
    const isStrokeFirst = style.paintOrder.startsWith("stroke");
    for (const draw of isStrokeFirst ? [stroke, fill] : [fill, stroke]) draw();
    context.restore();
  }
}

function pathOf(shape: SVGGeometryElement): Path2D {
  const at = (name: string) => Number(shape.getAttribute(name));
  const path = new Path2D(shape.getAttribute("d") ?? "");
  if (shape instanceof SVGCircleElement) path.arc(at("cx"), at("cy"), at("r"), 0, 2 * Math.PI);
  if (shape instanceof SVGLineElement) {
    path.moveTo(at("x1"), at("y1"));
    path.lineTo(at("x2"), at("y2"));
  }
  return path;
}

/** Draws an element's text in one line from (x, y), cut where the room ends; returns where it ends. */
export function paintText(
  context: CanvasRenderingContext2D,
  element: Element,
  x: number,
  y: number,
  room: number,
): number {
  const { color, fontStyle, fontWeight, fontSize, fontFamily } = getComputedStyle(element);
  context.font = `${fontStyle} ${fontWeight} ${fontSize} ${fontFamily}`;
  context.fillStyle = color;
  const text = cutToRoom(context, element.textContent ?? "", room);
  context.fillText(text, x, y);
  return x + context.measureText(text).width;
}

/** As much of a text as there is room for in the context's font, with an ellipsis where something was cut. */
export function cutToRoom(
  context: { measureText(text: string): { width: number } },
  text: string,
  room: number,
): string {
  const fits = (some: string) => context.measureText(some).width <= room;
  if (fits(text)) return text;
  const characters = Array.from(text);
  let [low, high] = [0, characters.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(`${characters.slice(0, middle).join("")}…`)) low = middle;
    else high = middle - 1;
  }
  return low === 0 ? "" : `${characters.slice(0, low).join("").trimEnd()}…`;
}

/** Lines of whole parts that fit into the room, parts in one line `gap` apart; a part is never empty. */
export function flow<T>(parts: readonly T[], widthOf: (part: T) => number, room: number, gap = 0) {
  const lines: T[][] = [];
  let end = 0;
  for (const part of parts) {
    const width = widthOf(part);
    const last = lines.at(-1);
    if (last && end + gap + width <= room) {
      last.push(part);
      end += gap + width;
    } else {
      lines.push([part]);
      end = width;
    }
  }
  return lines;
}
