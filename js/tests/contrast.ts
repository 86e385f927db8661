/** What the eye makes of colours: WCAG contrast, distance in OKLab, and two kinds of colour blindness. */

import { parseHex } from "../src/color/color.ts";

type Triple = [number, number, number];

/** Machado, Oliveira and Fernandes (2009), complete protanopia and deuteranopia, on linear RGB. */
const SIGHTS: Record<string, Triple[]> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
};

function times(matrix: Triple[], [x, y, z]: Triple): Triple {
  return matrix.map(([a, b, c]) => a * x + b * y + c * z) as Triple;
}

function linear(css: string): Triple {
  const channel = (value: number) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return parseHex(css).map(channel) as Triple;
}

/** WCAG contrast ratio, 1..21. */
export function contrast(one: string, other: string): number {
  const luminance = (css: string) => times([[0.2126, 0.7152, 0.0722]], linear(css))[0];
  const [low, high] = [luminance(one), luminance(other)].sort((p, q) => p - q);
  return (high + 0.05) / (low + 0.05);
}

function oklab(rgb: Triple): Triple {
  const cones = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    rgb.map((value) => Math.max(0, value)) as Triple,
  ).map(Math.cbrt) as Triple;
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    cones,
  );
}

/** Distance in OKLab as seen with "normal" sight, "protanopia" or "deuteranopia". */
export function difference(one: string, other: string, sight = "normal"): number {
  const [p, q] = [one, other].map((css) => oklab(times(SIGHTS[sight], linear(css))));
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}
