/** The widget's icons: one family, 16 px, 1.5 px strokes in the colour of the text. */

import { svg } from "./dom.ts";

const PATHS = {
  pan: "M8 1.75v12.5M1.75 8h12.5M6.25 3.5 8 1.75 9.75 3.5M6.25 12.5 8 14.25l1.75-1.75M3.5 6.25 1.75 8l1.75 1.75M12.5 6.25 14.25 8l-1.75 1.75",
  lasso:
    "M8 2.25c3.6 0 6.25 1.7 6.25 4s-2.65 4-6.25 4-6.25-1.7-6.25-4 2.65-4 6.25-4ZM4.6 9.6a1.6 1.6 0 1 0 .9 1.45M5.5 11.05c0 1.5-.5 2.4-1.75 3.2",
  box: "M2.25 4.75v-2.5h2.5M7 2.25h2M11.25 2.25h2.5v2.5M13.75 7v2M13.75 11.25v2.5h-2.5M9 13.75H7M4.75 13.75h-2.5v-2.5M2.25 9V7",
  orbit: "M8 1.75 13.5 5v6L8 14.25 2.5 11V5ZM2.5 5 8 8.25 13.5 5M8 8.25v6",
  locked: "M3.25 7.25h9.5v6.5h-9.5ZM5.25 7.25V5a2.75 2.75 0 0 1 5.5 0v2.25",
  unlocked: "M3.25 7.25h9.5v6.5h-9.5ZM5.25 7.25V5a2.75 2.75 0 0 1 5.3-1",
  reset: "M2.25 5.75v-3.5h3.5M10.25 2.25h3.5v3.5M13.75 10.25v3.5h-3.5M5.75 13.75h-3.5v-3.5M8 8h.01",
  search: "M7 2.25a4.75 4.75 0 1 1 0 9.5 4.75 4.75 0 0 1 0-9.5ZM10.5 10.5l3.25 3.25",
  close: "M3.75 3.75l8.5 8.5M12.25 3.75l-8.5 8.5",
  back: "M6.25 3.25 2.25 7.25l4 4M2.5 7.25h7.25a4 4 0 0 1 4 4v1",
  forward: "M9.75 3.25l4 4-4 4M13.5 7.25H6.25a4 4 0 0 0-4 4v1",
  add: "M8 3.25v9.5M3.25 8h9.5",
  subtract: "M3.25 8h9.5",
  save: "M8 2.25v8M4.75 7.25 8 10.5l3.25-3.25M2.5 13.5h11",
  full: "M9.75 2.25h4v4M13.5 2.5 9.25 6.75M6.25 13.75h-4v-4M2.5 13.5l4.25-4.25",
  alert: "M8 2.25 14.5 13.5h-13ZM8 6.5v3M8 11.5h.01",
} as const;

export type IconName = keyof typeof PATHS;

/** An icon that screen readers pass over: the control around it carries the name. */
export function icon(name: IconName): SVGElement {
  return drawn(PATHS[name]);
}

/** Swap the drawing of an icon made by `icon`. */
export function setIcon(element: SVGElement, name: IconName): void {
  setDrawn(element, PATHS[name]);
}

/** An icon of a path of its own. */
export function drawn(path: string): SVGElement {
  const attributes = { class: "ew-icon", viewBox: "0 0 16 16", "aria-hidden": true };
  return svg("svg", attributes, svg("path", { d: path }));
}

/** Swap its path. */
export function setDrawn({ firstElementChild: path }: SVGElement, d: string): void {
  if (path !== null && path.getAttribute("d") !== d) path.setAttribute("d", d);
}
