import { describe, expect, it } from "vitest";
import { History, type Step } from "../src/wire/history.ts";

const step = (focus: number | null, ...items: number[]): Step => ({
  focus,
  selection: Uint32Array.from(items),
});
const walked = (...steps: Step[]) => {
  const history = new History(step(null));
  for (const one of steps) history.add(one);
  return history;
};

describe("a way back", () => {
  it("leads through every step, to and fro", () => {
    const history = walked(step(3), step(3, 1, 2), step(0, 1, 2));
    expect(history.back()).toEqual(step(3, 1, 2));
    expect(history.back()).toEqual(step(3));
    expect(history.back()).toEqual(step(null));
    expect(history.back()).toBeNull();
    expect(history.now).toEqual(step(null));
    expect(history.forward()).toEqual(step(3));
    expect(history.after).toEqual(step(3, 1, 2));
    expect(history.before).toEqual(step(null));
  });

  it("forgets what lay ahead when the person goes another way", () => {
    const history = walked(step(3), step(4));
    history.back();
    history.add(step(5));
    expect(history.after).toBeNull();
    expect(history.back()).toEqual(step(3));
  });

  it("has no step for what changes nothing", () => {
    const history = walked(step(3, 1), step(3, 1));
    expect(history.add(step(3, 1))).toBe(false);
    expect(history.add(step(3, 2))).toBe(true);
    history.back();
    expect(history.back()).toEqual(step(null));
  });

  it("takes a gesture as one step, and two gestures as two", () => {
    const history = new History(step(7));
    for (const items of [[1], [1, 2], [1, 2, 3]]) history.add(step(7, ...items), 1);
    history.add(step(7, 9), 2);
    expect(history.back()).toEqual(step(7, 1, 2, 3));
    expect(history.back()).toEqual(step(7));
  });

  it("has no step for a gesture that ends where it began", () => {
    const history = walked(step(7));
    history.add(step(7, 1), 1);
    history.add(step(7), 1);
    expect(history.back()).toEqual(step(null));
  });

  it("does not take a gesture up again after a way back", () => {
    const history = walked(step(7));
    history.add(step(7, 1), 1);
    history.back();
    history.add(step(7, 2), 1);
    expect(history.back()).toEqual(step(7));
  });

  it("lets the oldest steps go, and never the last two", () => {
    const history = new History(step(null));
    for (let i = 0; i < 500; i++) history.add(step(i));
    let n = 0;
    while (history.back()) n++;
    expect(n).toBe(199);
    expect(history.now).toEqual(step(300));
    const large = new History(step(null));
    for (const focus of [1, 2, 3]) large.add({ focus, selection: new Uint32Array(6_000_000) });
    expect(large.back()?.focus).toBe(2);
    expect(large.back()).toBeNull();
  });
});
