/** Both maps on paper: what graphics memory holds is not printed, so that a picture stands in for it. */

import type { PairView } from "./pair.ts";

/** Pixels for each of the screen's. */
const RATIO = 2;

/** Puts a picture in the maps' place while the page is printed. Returns the end of it. */
export function printed(pair: PairView): () => void {
  const off = new AbortController();
  let picture: HTMLCanvasElement | null = null;
  const put = () => {
    const { clientWidth: width, clientHeight: height } = pair.node;
    picture?.remove();
    picture = document.createElement("canvas");
    picture.className = "ew-maps-paper";
    picture.width = width * RATIO;
    picture.height = height * RATIO;
    const context = picture.getContext("2d");
    if (!context || width === 0) return;
    context.scale(RATIO, RATIO);
    context.font = getComputedStyle(pair.node).font;
    pair.paint(context, RATIO);
    pair.node.append(picture);
  };
  const take = () => {
    picture?.remove();
    picture = null;
  };
  window.addEventListener("beforeprint", put, { signal: off.signal });
  window.addEventListener("afterprint", take, { signal: off.signal });
  return () => {
    off.abort();
    take();
  };
}
