/** Draws the points of both maps in one WebGL2 context; knows no events, no model and no DOM but its canvas. */

import type { Transform } from "./camera.ts";
import type { PointStyle } from "./density.ts";
import type { Turn } from "./orbit.ts";
import { link, look, type Over, type OverDrawing, TURN, uniformsOf } from "./program.ts";

/** What is far away is smaller and fainter, where maps are in 3-D. */
const VERTEX = `${TURN}
layout(location=0) in vec3 origin;
layout(location=1) in vec3 target;
layout(location=2) in uint code;
layout(location=3) in uint selected;
uniform float progress;
uniform float diameter;
uniform float opacity;
uniform vec4 plain;
uniform int only;
uniform sampler2D palette;
flat out vec4 color;
flat out float radius;
void main() {
  vec3 place = turn * vec4(mix(origin, target, progress), 1.0);
  gl_Position = vec4((place.xy - middle) * clipPerUnit, 0.0, 1.0);
  float depth = depthOf(place);
  float size = diameter * mix(0.72, 1.0, depth);
  if (only >= 0 && int(selected) != only) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
  gl_PointSize = size + 1.0;
  radius = size * 0.5;
  vec4 own = texelFetch(palette, ivec2(int(code), 0), 0);
  color = plain.a > 0.0 ? plain : own;
  color.a *= opacity * mix(0.3, 1.0, depth);
}`;

/** Large points get a darker rim, which tells neighbours of one colour apart. */
const FRAGMENT = `
flat in vec4 color;
flat in float radius;
out vec4 result;
void main() {
  float away = length(gl_PointCoord - 0.5) * (2.0 * radius + 1.0);
  float alpha = color.a * clamp(radius - away + 0.5, 0.0, 1.0);
  float rim = smoothstep(2.0, 4.0, radius) * clamp(away - radius + 1.5, 0.0, 1.0);
  result = vec4(color.rgb * (1.0 - 0.2 * rim) * alpha, alpha);
}`;

/** Consecutive points that stay together in the drawing order: 16 positions fill one 64-byte line of the cache. */
const RUN = 16;
const RUN_FROM = 65536;

const UNIFORMS = [
  "turn",
  "perDepth",
  "middle",
  "clipPerUnit",
  "progress",
  "diameter",
  "opacity",
  "plain",
  "only",
  "palette",
] as const;

/** One map on the canvas, in CSS pixels from the upper left corner of the canvas. */
export interface Viewport {
  readonly left: number;
  readonly top: number;
  readonly view: Transform;
  readonly turn: Turn;
}

/** One pass over the points of a map. */
export interface Pass {
  /** Which points: all, those that are not selected, those that are, or those that are lit. */
  readonly points: "all" | "unselected" | "selected" | "lit";
  readonly style: PointStyle;
  /** One colour for all, r g b a in 0..1; null = each its own. */
  readonly plain: readonly [number, number, number, number] | null;
}

export class Renderer {
  readonly #gl: WebGL2RenderingContext;
  readonly #n: number;
  readonly #program: WebGLProgram;
  readonly #uniforms: ReturnType<typeof uniformsOf<(typeof UNIFORMS)[number]>>;
  #drawOver: OverDrawing | null = null;
  readonly #codes: WebGLBuffer;
  readonly #selected: WebGLBuffer;
  readonly #order: WebGLBuffer;
  readonly #lit: WebGLBuffer;
  #nLit = 0;
  readonly #positions: [Moving, Moving];
  #fence: WebGLSync | null = null;

  /** @throws Error when the browser cannot compile the shaders. */
  constructor(gl: WebGL2RenderingContext, n: number) {
    this.#gl = gl;
    this.#n = n;
    this.#program = link(gl, VERTEX, FRAGMENT);
    this.#uniforms = uniformsOf(gl, this.#program, UNIFORMS);
    this.#codes = allocate(gl, n);
    this.#selected = allocate(gl, n);
    this.#order = gl.createBuffer();
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.#order);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, drawingOrder(n), gl.STATIC_DRAW);
    this.#lit = gl.createBuffer();
    this.#positions = [this.#moving(), this.#moving()];
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.enable(gl.SCISSOR_TEST);
    gl.clearColor(0, 0, 0, 0);
  }

  /**
   * Where the points of map 0 or 1 go to, uint16 (n, n_components).
   *
   * @param origins where they come from; null = they are there
   * @param perDepth 1 / what the nearest and the farthest are apart in depth; 0 = they are all as near
   */
  setPositions(map: 0 | 1, positions: Uint16Array, origins: Uint16Array | null, perDepth: number) {
    const gl = this.#gl;
    const moving = this.#positions[map];
    moving.perDepth = perDepth;
    gl.bindVertexArray(moving.vertices);
    const arrays = [
      [moving.origin, origins],
      [moving.target, positions],
    ] as const;
    for (const [location, [buffer, array]] of arrays.entries()) {
      gl.bindBuffer(gl.ARRAY_BUFFER, array ? buffer : moving.target);
      // A new store: the last frame may still be drawn from the one before.
      if (array) gl.bufferData(gl.ARRAY_BUFFER, array, gl.DYNAMIC_DRAW);
      const nComponents = positions.length / this.#n;
      gl.vertexAttribPointer(location, nComponents, gl.UNSIGNED_SHORT, true, 0, 0);
    }
  }

  /** In which order the points of a map are drawn, uint32 (n,); null = shuffled. */
  setOrder(map: 0 | 1, order: Uint32Array | null): void {
    const gl = this.#gl;
    const moving = this.#positions[map];
    moving.isSorted = order !== null;
    if (!order) return;
    gl.bindVertexArray(moving.vertices);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, moving.order);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, order, gl.DYNAMIC_DRAW);
  }

  /** One palette index a point, uint8 (n,). */
  setCodes(codes: Uint8Array): void {
    this.#upload(this.#codes, codes);
  }

  /** 256 colours, r g b a each. */
  setPalette(palette: Uint8Array): void {
    const gl = this.#gl;
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, palette);
  }

  /** One byte a point, (n,): 1 = selected. */
  setSelected(mask: Uint8Array): void {
    this.#upload(this.#selected, mask);
  }

  /** Row positions of the points of the pass "lit", (m,): a list, so that a few cost nothing of n. */
  setLit(items: Uint32Array): void {
    const gl = this.#gl;
    this.#nLit = items.length;
    // The binding of a list of points belongs to the vertex array that is bound.
    gl.bindVertexArray(null);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.#lit);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, items, gl.DYNAMIC_DRAW);
  }

  /** What is drawn over the points of both maps. */
  setOver(over: Over): void {
    this.#drawOver = over.open(this.#gl);
  }

  /** Gives the canvas as many pixels as the screen shows of it, and empties it. */
  clear(width: number, height: number, ratio: number): void {
    const gl = this.#gl;
    const { canvas } = gl;
    const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
    // Setting a canvas' size empties it and allocates it anew even when nothing changed.
    if (canvas.width !== across) canvas.width = across;
    if (canvas.height !== down) canvas.height = down;
    gl.scissor(0, 0, across, down);
    gl.clear(gl.COLOR_BUFFER_BIT);
  }

  /**
   * Draws one map.
   *
   * @param progress 0 = the points are where they came from, 1 = where they go to
   * @param share how many of the points, 0..1; a share is an even sample of them
   */
  draw(
    map: 0 | 1,
    port: Viewport,
    ratio: number,
    passes: readonly Pass[],
    progress: number,
    share: number,
  ): void {
    const gl = this.#gl;
    const { view, turn } = port;
    const left = Math.round(port.left * ratio);
    const bottom = gl.canvas.height - Math.round((port.top + view.height) * ratio);
    const width = Math.round(view.width * ratio);
    const height = Math.round(view.height * ratio);
    gl.viewport(left, bottom, width, height);
    gl.scissor(left, bottom, width, height);
    const { vertices, isSorted, order: sorted, perDepth } = this.#positions[map];
    // The first points of a sorted list are no sample of all.
    const order = isSorted && share === 1 ? sorted : this.#order;
    gl.bindVertexArray(vertices);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, order);
    const sight = {
      turn,
      perDepth,
      middle: [view.x, view.y],
      clipPerUnit: [(2 * view.scale) / view.width, (2 * view.scale) / view.height],
      size: [width, height],
    } as const;
    gl.useProgram(this.#program);
    look(gl, this.#uniforms, sight);
    gl.uniform1f(this.#uniforms.progress, progress);
    for (const pass of passes) {
      gl.uniform1f(this.#uniforms.diameter, pass.style.diameter * ratio);
      gl.uniform1f(this.#uniforms.opacity, pass.style.opacity);
      gl.uniform4fv(this.#uniforms.plain, pass.plain ?? [0, 0, 0, 0]);
      gl.uniform1i(this.#uniforms.only, ["unselected", "selected"].indexOf(pass.points));
      const isLit = pass.points === "lit";
      if (isLit) gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.#lit);
      const n = isLit ? this.#nLit : Math.ceil(this.#n * share);
      gl.drawElements(gl.POINTS, n, gl.UNSIGNED_INT, 0);
      if (isLit) gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, order);
    }
    this.#drawOver?.(map, sight, ratio);
  }

  /** Marks the end of a frame, for `isBusy`. */
  finish(): void {
    const gl = this.#gl;
    gl.deleteSync(this.#fence);
    this.#fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    gl.flush();
  }

  /** Whether the last frame is still being drawn. */
  isBusy(): boolean {
    const gl = this.#gl;
    return (
      this.#fence !== null && gl.getSyncParameter(this.#fence, gl.SYNC_STATUS) === gl.UNSIGNALED
    );
  }

  #moving(): Moving {
    const gl = this.#gl;
    const moving = {
      origin: gl.createBuffer(),
      target: gl.createBuffer(),
      vertices: gl.createVertexArray(),
      order: gl.createBuffer(),
      isSorted: false,
      perDepth: 0,
    };
    gl.bindVertexArray(moving.vertices);
    for (const location of [0, 1]) gl.enableVertexAttribArray(location);
    for (const [location, buffer] of [this.#codes, this.#selected].entries()) {
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      gl.enableVertexAttribArray(location + 2);
      gl.vertexAttribIPointer(location + 2, 1, gl.UNSIGNED_BYTE, 0, 0);
    }
    return moving;
  }

  #upload(buffer: WebGLBuffer, data: Uint8Array): void {
    this.#gl.bindBuffer(this.#gl.ARRAY_BUFFER, buffer);
    this.#gl.bufferSubData(this.#gl.ARRAY_BUFFER, 0, data);
  }
}

/** The two ends of the way of all points of one map, and the vertex array that reads them. */
interface Moving {
  readonly origin: WebGLBuffer;
  readonly target: WebGLBuffer;
  readonly vertices: WebGLVertexArrayObject;
  /** Of the points, where they are sorted. */
  readonly order: WebGLBuffer;
  isSorted: boolean;
  perDepth: number;
}

/**
 * The order in which points are drawn: shuffled, the same every time, uint32 (n,).
 *
 * Rows often come sorted by label; drawn as they come, the last label would cover all others.
 */
export function drawingOrder(n: number): Uint32Array {
  const run = n < RUN_FROM ? 1 : RUN;
  const runs = Math.ceil(n / run);
  const shuffled = new Uint32Array(runs);
  let seed = 1;
  for (let i = 0; i < runs; i++) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    const j = Math.floor((seed / 2 ** 32) * (i + 1));
    shuffled[i] = shuffled[j];
    shuffled[j] = i;
  }
  const order = new Uint32Array(n);
  let next = 0;
  for (const place of shuffled) {
    const end = Math.min(n, (place + 1) * run);
    for (let item = place * run; item < end; item++) order[next++] = item;
  }
  return order;
}

function allocate(gl: WebGL2RenderingContext, bytes: number): WebGLBuffer {
  const buffer = gl.createBuffer();
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  gl.bufferData(gl.ARRAY_BUFFER, bytes, gl.DYNAMIC_DRAW);
  return buffer;
}
