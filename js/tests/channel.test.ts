import { expect, test } from "vitest";
import { Channel } from "../src/wire/channel.ts";
import { Line } from "../src/wire/line.ts";
import type { FromScreen, Model } from "../src/wire/model.ts";

/** A kernel whose answers are heard by all pages, as those of a comm are. */
function kernelOf(sent: FromScreen[]): Model {
  const send = (content: FromScreen) => sent.push(content);
  return { send, get() {}, set() {}, save_changes() {}, on() {}, off() {} } as unknown as Model;
}

test("pages on one kernel take their own answers alone", async () => {
  const sent: FromScreen[] = [];
  const kernel = kernelOf(sent);
  const pages = [0, 1, 2].map(() => new Channel(new Line(kernel, () => undefined)));
  const asked = pages.map((page, item) => page.ask({ kind: "neighbors", args: { item } }));
  for (const question of sent) {
    if (question.type !== "ask" || question.kind !== "neighbors") throw new Error("not asked");
    const { request, args } = question;
    for (const page of pages) {
      page.settle({ type: "reply", request, result: args.item, error: "" }, []);
    }
  }
  const answers = await Promise.all(asked);
  expect(answers.map(({ result }) => result)).toEqual([0, 1, 2]);
});
