/** What a person does on one map, and what becomes of it. */

import type { Cameras } from "./cameras.ts";
import { Gestures } from "./gestures.ts";
import type { Hover } from "./hover.ts";
import type { MapPane } from "./map.ts";
import type { PairOptions } from "./pair_options.ts";
import type { Seek } from "./seek.ts";
import type { Wheel } from "./wheel.ts";

/** Of both maps. */
interface Parts {
  readonly options: PairOptions;
  readonly cameras: Cameras;
  readonly seek: Seek;
  readonly hover: Hover;
}

/** What both maps do then. */
interface Told {
  /** The cameras are moved. */
  move(turn: () => void): void;
  reset(): void;
  /** The next frame has something to look at. */
  schedule(): void;
  isDeep(): boolean;
}

export function listenTo(pane: MapPane, wheel: Wheel, parts: Parts, told: Told): Gestures {
  const { options, cameras, seek, hover } = parts;
  const { onFocus, onSelect, onClear, onTool, onWalk, onToggle } = options;
  const focusOn = (item: number | null) => {
    if (item !== null) seek.pick(item, pane);
    onFocus(item);
  };
  return new Gestures(pane.surface, wheel, {
    onPan: (dx, dy) => told.move(() => cameras.pan(pane, dx, dy)),
    onOrbit: (dx, dy) => told.move(() => cameras.orbit(pane, dx, dy)),
    onZoom: (factor, at) => told.move(() => cameras.zoom(pane, factor, at)),
    onReset: () => told.reset(),
    onHover: (at) => {
      hover.follow(pane, at);
      told.schedule();
    },
    onClick: (at, mode, radius) => {
      const beyond = pane.overlay.beyond(at);
      const item = pane.pick(at, radius);
      if (beyond) told.move(() => cameras.bringIn(new Map([[pane, beyond]])));
      else if (mode === "replace") focusOn(item);
      else if (item !== null) onSelect(Uint32Array.of(item), mode);
    },
    onDoubleClick: (at, radius) => {
      if (pane.pick(at, radius) === null && !pane.overlay.beyond(at)) onClear();
    },
    onShape: (corners, mode) => pane.overlay.drawShape(corners, mode),
    onSelect: (corners, mode) => onSelect(pane.inside(corners), mode),
    onClear,
    onTool: (tool) => {
      if (tool !== "orbit" || told.isDeep()) onTool(tool);
    },
    onWalk,
    onToggle,
    onPickMiddle: () => focusOn(pane.pickMiddle()),
    onSeek: () => {
      seek.ask();
      told.schedule();
    },
  });
}
