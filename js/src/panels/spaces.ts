/** Above the maps, where there are several spaces: all of them, and which two are compared. */

import type { PairView } from "../maps/pair.ts";
import { TrailsView } from "../maps/trails.ts";
import { h, setShown } from "../ui/dom.ts";
import { metricName, score } from "../ui/format.ts";
import { AgreementMatrixView } from "../views/agreement_matrix.ts";
import { MapThumbnailsView } from "../views/map_thumbnails.ts";
import { PlayerView } from "../views/player.ts";
import { TimelineView } from "../views/timeline.ts";
import type { Store } from "../wire/store.ts";
import { Playing } from "./playing.ts";
import { aboveChance, mapWords, pairWords, qualityWords } from "./spaces_words.ts";

/** What is seen of spaces that agree but little is to be more than white. */
const LEAST_TOP = 0.1;

export class SpacesPanel {
  readonly node = h("div", { class: "ew-spaces-all", role: "group", "aria-label": "All spaces" });
  readonly #store: Store;
  readonly #pair: PairView;
  readonly #playing: Playing;
  readonly #matrix: AgreementMatrixView;
  readonly #thumbnails: MapThumbnailsView;
  readonly #timeline: TimelineView;
  readonly #player: PlayerView;
  readonly #trails = new TrailsView();
  readonly #stops: (() => void)[];
  #colors: { codes: Uint8Array; palette: Uint8Array } | null = null;
  #isOpen: boolean;
  /** Of the matrix, at any k; null = to be found out. */
  #top: number | null = null;

  constructor(store: Store, pair: PairView) {
    this.#store = store;
    this.#pair = pair;
    this.#playing = new Playing(store, () => this.#drawSeries());
    this.#matrix = new AgreementMatrixView({ onPair: (chosen) => store.choosePair(chosen) });
    this.#thumbnails = new MapThumbnailsView({ onPair: (chosen) => store.choosePair(chosen) });
    const playing = this.#playing;
    this.#timeline = new TimelineView({ onMove: (side, step) => playing.move(side, step) });
    this.#player = new PlayerView({
      onPlay: () => (playing.isOn ? playing.pause() : playing.play()),
      onStep: (by) => playing.step(by),
      onSpeed: (speed) => {
        playing.speed = speed;
      },
      onLead: (led) => playing.lead(led),
      onMatrix: () => {
        this.#isOpen = !this.#isOpen;
        this.#draw();
      },
    });
    this.#isOpen = !this.#isSeries;
    const line = h("div", { class: "ew-series" }, this.#player.node, this.#timeline.node);
    if (this.#isSeries) this.node.append(line, this.#matrix.node);
    else this.node.append(this.#matrix.node, this.#thumbnails.node);
    pair.setOver(this.#trails);
    pair.node.append(this.#trails.note);
    this.#stops = [
      store.events.on("pair", () => this.#playing.follow()),
      store.events.on("matrix", () => {
        this.#top = null;
        this.#draw();
      }),
      store.events.on("positions", () => this.#drawMaps()),
      store.events.on("selection", () => this.#drawTrails()),
      store.watch(["k", "pair", "spaces", "steps", "space_quality", "pairs_test"], () =>
        this.#draw(),
      ),
    ];
    this.#draw();
    this.#drawMaps();
  }

  /** The points have these colours now. */
  setColors(colors: { codes: Uint8Array; palette: Uint8Array }): void {
    const isOther = colors.codes !== this.#colors?.codes;
    this.#colors = colors;
    this.#drawThumbnails();
    if (isOther) this.#drawTrails();
  }

  destroy(): void {
    for (const stop of this.#stops) stop();
    this.#playing.destroy();
    const views = [this.#matrix, this.#thumbnails, this.#timeline, this.#player, this.#trails];
    for (const view of views) view.destroy();
    this.node.remove();
  }

  get #isSeries(): boolean {
    return this.#store.get("steps").length > 0;
  }

  get #names(): string[] {
    return this.#store.get("spaces").map(({ name }) => name);
  }

  #draw(): void {
    setShown(this.#matrix.node, this.#isOpen);
    if (this.#isOpen) this.#drawMatrix();
    if (this.#isSeries) this.#drawSeries();
    else this.#drawThumbnails();
  }

  #drawMatrix(): void {
    const { several } = this.#store;
    const [names, k] = [this.#names, this.#store.get("k")];
    const info = this.#store.get("pairs_test");
    const cells = names.flatMap((name, row) =>
      names.map((other, column) => {
        if (row === column) return { value: null, words: "" };
        const point = several.agreement(row, column, k);
        const test = info && { info, row: several.indexOf(row, column) };
        return {
          value: point && aboveChance(point[0], point[3]),
          words: pairWords([name, other], k, point, test),
        };
      }),
    );
    this.#matrix.update({
      names,
      pair: several.pair,
      k,
      cells,
      top: this.#topOfAll(),
      quality: this.#quality(names),
    });
  }

  #quality(names: readonly string[]) {
    const quality = this.#store.get("space_quality");
    if (!quality) return null;
    const title = metricName(quality.metric);
    const bars = names.map((name, space) => ({
      value: quality.values[space],
      words: qualityWords(name, space, quality),
    }));
    const words = `shuffled: ${title} ${score(quality.shuffled)}, where items lie anywhere`;
    return { title, bars, shuffled: { value: quality.shuffled, words } };
  }

  /** The largest agreement of any two at any k. */
  #topOfAll(): number {
    if (this.#top !== null) return this.#top;
    const n = this.#store.get("spaces").length;
    let top = LEAST_TOP;
    for (let k = 1; k <= this.#store.get("k_max"); k++) {
      for (let row = 0; row < n; row++) {
        for (let column = row + 1; column < n; column++) {
          const point = this.#store.several.agreement(row, column, k);
          // Where k reaches all items, everything is the same.
          if (point && point[3] < 0.5) top = Math.max(top, aboveChance(point[0], point[3]));
        }
      }
    }
    this.#top = top;
    return top;
  }

  #drawSeries(): void {
    const { several } = this.#store;
    const [names, k] = [this.#names, this.#store.get("k")];
    const at = (one: number, other: number) => {
      const point = one >= 0 && one !== other ? several.agreement(one, other, k) : null;
      return point && aboveChance(point[0], point[3]);
    };
    const toLast = names.map((_, step) => at(step, names.length - 1));
    const toBefore = names.map((_, step) => at(step - 1, step));
    const [a, b] = several.kept.map(mapWords);
    const [top, pair, isJoined] = [this.#topOfAll(), several.pair, this.#playing.led === "both"];
    this.#timeline.update({ names, pair, isJoined, toLast, toBefore, top, notes: [a, b] });
    this.#drawPlayer();
  }

  #drawPlayer(): void {
    const { isOn: isPlaying, led, speed } = this.#playing;
    this.#player.update({
      isPlaying,
      led,
      speed,
      isOpen: this.#isOpen,
      hasBefore: this.#playing.next(-1) !== null,
      hasAfter: this.#playing.next(1) !== null,
    });
  }

  #drawMaps(): void {
    if (this.#isSeries) this.#drawSeries();
    this.#drawThumbnails();
    this.#drawTrails();
  }

  #drawThumbnails(): void {
    const { frames, pair } = this.#store.several;
    if (this.#isSeries) return;
    this.#thumbnails.update({
      names: this.#names,
      pair,
      frames: frames?.of ?? null,
      nComponents: frames?.nComponents ?? 2,
      colors: this.#colors,
    });
  }

  /** Where the selected items come from, and where they go. */
  #drawTrails(): void {
    if (!this.#isSeries) return;
    const { frames, pair } = this.#store.several;
    const { selection: items } = this.#store;
    const isDrawn = frames && items.length > 0;
    const trails = isDrawn && {
      frames: frames.of,
      nComponents: frames.nComponents,
      items,
      at: { a: pair[0], b: pair[1] },
      codes: this.#colors?.codes ?? null,
    };
    this.#trails.update(trails || null);
    this.#pair.redraw();
  }
}
