/** The picture of an item. */

import { h } from "../dom.ts";

/** Smoothing would make fog of pictures that are hardly larger than an icon. */
const SHARP_BELOW = 33;

/** An <img> that stays invisible until it has a picture, and stays sharp when the picture is tiny. */
export function thumbnail(className: string, src: string | null = null): HTMLImageElement {
  const image = h("img", { class: className, src, alt: "", loading: "lazy", decoding: "async" });
  // Lives and dies with the element, so that there is nothing to take back.
  image.addEventListener("load", () => {
    image.classList.toggle("ew-pixelated", image.naturalWidth < SHARP_BELOW);
  });
  return image;
}
