/** The picture of an item. */

import { h } from "../ui/dom.ts";

/** CSS pixels. Smoothing would make fog of smaller pictures; larger ones would get stairs without. */
const SHARP_UP_TO = 16;

/** An <img> that stays invisible until it has a picture, and stays sharp when the picture is tiny. */
export function thumbnail(className: string, src: string | null = null): HTMLImageElement {
  const image = h("img", { class: className, src, alt: "", loading: "lazy", decoding: "async" });
  // A drag begins a selection of text, as it does beside it.
  image.draggable = false;
  // Lives and dies with the element, so that there is nothing to take back.
  image.addEventListener("load", () => {
    const size = Math.max(image.naturalWidth, image.naturalHeight);
    image.classList.toggle("ew-pixelated", size <= SHARP_UP_TO);
  });
  return image;
}
