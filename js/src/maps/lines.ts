/** Draws trails in the points' WebGL2 context, as they are seen through the same view. */

import { link, look, type Sight, TURN, uniformsOf } from "./program.ts";

/** Four corners of a strip with room for the dot. */
const VERTEX = `${TURN}
layout(location=0) in vec3 start;
layout(location=1) in vec3 end;
layout(location=2) in float opacity;
layout(location=3) in uint code;
uniform vec2 size;
uniform vec2 widths;
uniform sampler2D palette;
flat out vec2 from;
flat out vec2 to;
flat out float width;
flat out vec4 color;
out vec2 at;
vec2 pixel(vec3 place) {
  return (place.xy - middle) * clipPerUnit * size * 0.5;
}
void main() {
  vec3 first = turn * vec4(start, 1.0);
  vec3 last = turn * vec4(end, 1.0);
  from = pixel(first);
  to = pixel(last);
  width = code < 256u ? widths.x : widths.y;
  color = texelFetch(palette, ivec2(int(code & 255u), 0), 0);
  color.a *= opacity * mix(0.4, 1.0, depthOf(last));
  vec2 way = to - from;
  vec2 along = length(way) > 0.0 ? normalize(way) : vec2(1.0, 0.0);
  float end = float(gl_VertexID & 1);
  float side = float(gl_VertexID & 2) - 1.0;
  float room = 1.5 * width + 1.0;
  at = mix(from, to, end) + room * (along * (2.0 * end - 1.0) + vec2(-along.y, along.x) * side);
  gl_Position = vec4(at / (size * 0.5), 0.0, 1.0);
}`;

/** A line, and a dot where it ends. */
const FRAGMENT = `
flat in vec2 from;
flat in vec2 to;
flat in float width;
flat in vec4 color;
in vec2 at;
out vec4 result;
void main() {
  vec2 way = to - from;
  float share = clamp(dot(at - from, way) / max(dot(way, way), 0.000001), 0.0, 1.0);
  float line = 0.5 * width - distance(at, from + way * share);
  float dot = 1.5 * width - distance(at, to);
  float alpha = color.a * clamp(max(line, dot) + 0.5, 0.0, 1.0);
  result = vec4(color.rgb * alpha, alpha);
}`;

const UNIFORMS = [
  "turn",
  "perDepth",
  "middle",
  "clipPerUnit",
  "size",
  "widths",
  "palette",
] as const;

/**
 * Values of a stretch: start x y z, end x y z, opacity (65535 = 1), palette index; 256 more for a line
 * of the second width.
 */
export const STRETCH = 8;

export class LineRenderer {
  readonly #gl: WebGL2RenderingContext;
  readonly #program: WebGLProgram;
  readonly #uniforms: ReturnType<typeof uniformsOf<(typeof UNIFORMS)[number]>>;
  readonly #maps: { buffer: WebGLBuffer; vertices: WebGLVertexArrayObject; count: number }[];

  /** @throws Error when the browser cannot compile the shaders. */
  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
    this.#program = link(gl, VERTEX, FRAGMENT);
    this.#uniforms = uniformsOf(gl, this.#program, UNIFORMS);
    this.#maps = [0, 1].map(() => {
      const [buffer, vertices] = [gl.createBuffer(), gl.createVertexArray()];
      gl.bindVertexArray(vertices);
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      for (let location = 0; location < 4; location++) {
        gl.enableVertexAttribArray(location);
        gl.vertexAttribDivisor(location, 1);
      }
      const pitch = 2 * STRETCH;
      gl.vertexAttribPointer(0, 3, gl.UNSIGNED_SHORT, true, pitch, 0);
      gl.vertexAttribPointer(1, 3, gl.UNSIGNED_SHORT, true, pitch, 6);
      gl.vertexAttribPointer(2, 1, gl.UNSIGNED_SHORT, true, pitch, 12);
      gl.vertexAttribIPointer(3, 1, gl.UNSIGNED_SHORT, pitch, 14);
      return { buffer, vertices, count: 0 };
    });
  }

  /** What is drawn on map 0 or 1, the lowest first: uint16 (m, 8). */
  set(map: 0 | 1, stretches: Uint16Array): void {
    const gl = this.#gl;
    const own = this.#maps[map];
    own.count = stretches.length / STRETCH;
    gl.bindBuffer(gl.ARRAY_BUFFER, own.buffer);
    gl.bufferData(gl.ARRAY_BUFFER, stretches, gl.DYNAMIC_DRAW);
  }

  /** @param widths the two widths of lines, in pixels */
  draw(map: 0 | 1, sight: Sight, widths: readonly [number, number]): void {
    const gl = this.#gl;
    const { vertices, count } = this.#maps[map];
    if (count === 0) return;
    gl.useProgram(this.#program);
    gl.bindVertexArray(vertices);
    look(gl, this.#uniforms, sight);
    gl.uniform2f(this.#uniforms.size, ...sight.size);
    gl.uniform2f(this.#uniforms.widths, ...widths);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, count);
  }
}
