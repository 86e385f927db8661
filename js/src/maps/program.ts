/** What the renderers of points and of lines have in common. */

/** @throws Error when the browser cannot compile the shaders. */
export function link(gl: WebGL2RenderingContext, vertex: string, fragment: string): WebGLProgram {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, fragment],
  ] as const) {
    const shader = gl.createShader(type);
    if (!shader) continue;
    gl.shaderSource(shader, `#version 300 es\nprecision highp float;\n${source}`);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  // A lost context reports failure too, and comes back by an event of its own.
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    throw new Error(`The maps' shaders do not compile: ${gl.getProgramInfoLog(program)}`);
  }
  return program;
}

/** Where the uniforms of a program are, by their names. */
export function uniformsOf<Name extends string>(
  gl: WebGL2RenderingContext,
  program: WebGLProgram,
  names: readonly Name[],
) {
  const entries = names.map((name) => [name, gl.getUniformLocation(program, name)]);
  return Object.fromEntries(entries) as Record<Name, WebGLUniformLocation | null>;
}

/** GLSL: from a place in the unit cube to the page, and to its share of what the farthest has less. */
export const TURN = `
uniform mat4x3 turn;
uniform float perDepth;
uniform vec2 middle;
uniform vec2 clipPerUnit;
float depthOf(vec3 place) {
  return perDepth > 0.0 ? clamp(0.5 + (place.z - 0.5) * perDepth, 0.0, 1.0) : 1.0;
}`;

/** What both draw through: see `Viewport`. */
export interface Sight {
  readonly turn: readonly number[];
  readonly perDepth: number;
  readonly middle: readonly [number, number];
  readonly clipPerUnit: readonly [number, number];
  /** Pixels of the map. */
  readonly size: readonly [number, number];
}

/** Something that is drawn over the points, in their context. */
export interface Over {
  /** Called once for each context. @throws Error when the browser cannot compile the shaders. */
  open(gl: WebGL2RenderingContext): OverDrawing;
}

/** Draws it over map 0 or 1, at `ratio` pixels for one of the page. */
export type OverDrawing = (map: 0 | 1, sight: Sight, ratio: number) => void;

/** Tells a program how its map is seen. */
export function look(
  gl: WebGL2RenderingContext,
  uniforms: Record<"turn" | "perDepth" | "middle" | "clipPerUnit", WebGLUniformLocation | null>,
  { turn, perDepth, middle, clipPerUnit }: Sight,
): void {
  gl.uniformMatrix4x3fv(uniforms.turn, true, [...turn]);
  gl.uniform1f(uniforms.perDepth, perDepth);
  gl.uniform2f(uniforms.middle, ...middle);
  gl.uniform2f(uniforms.clipPerUnit, ...clipPerUnit);
}
