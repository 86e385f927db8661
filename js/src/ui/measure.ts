/** Widths of texts as they will stand on the page, without laying it out. */

let context: CanvasRenderingContext2D | null = null;

/** Letters of a fallback font, and digits of one width, may be a little wider than they measure. */
const SLACK = 1.03;

/** CSS pixels of a text on one line. */
export type WidthOf = (text: string) => number;

/** Widths in the font of an element, or in that font in another size and weight. */
export function widthsLike(element: Element, size: number, weight = 400): WidthOf {
  context ??= document.createElement("canvas").getContext("2d");
  const { fontFamily } = getComputedStyle(element);
  return (text) => {
    if (context === null) return 0;
    context.font = `${weight} ${size}px ${fontFamily}`;
    return Math.ceil(context.measureText(text).width * SLACK);
  };
}
