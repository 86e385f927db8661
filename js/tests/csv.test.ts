import { describe, expect, it } from "vitest";
import { toCsv } from "../src/ui/csv.ts";
import { fileName } from "../src/ui/save.ts";

describe("CSV", () => {
  it("quotes what would break a line or a cell, and nothing else", () => {
    const rows = [
      ['say "hi"', "a,b", "two\nlines", "cr\rlf"],
      ["plain", " blank ", "", null],
      [1, 0.25, -3e-7, "Größe 漢字"],
    ];
    expect(toCsv(["id", "x,y"], rows)).toBe(
      'id,"x,y"\r\n' +
        '"say ""hi""","a,b","two\nlines","cr\rlf"\r\n' +
        "plain, blank ,,\r\n" +
        "1,0.25,-3e-7,Größe 漢字\r\n",
    );
  });

  it("is its head alone where there are no rows", () => {
    expect(toCsv(["a", "b"], [])).toBe("a,b\r\n");
  });
});

describe("the name of a file", () => {
  it.each([
    [["GloVe", "vs", "MiniLM v2"], "GloVe_vs_MiniLM-v2.png"],
    [["../../etc/passwd", "vs", "C:\\x"], "etc-passwd_vs_C-x.png"],
    [["..", "", "/"], "embwidget.png"],
    [["Größe", "漢字"], "Größe_漢字.png"],
    [["a\u0000b\n", '<img src="x">'], "a-b_img-src-x.png"],
  ])("of %j is %s", (parts, name) => {
    expect(fileName(parts, "png")).toBe(name);
  });

  it("is never too long for a disk", () => {
    const name = fileName(["漢".repeat(500), "vs", "𐐷".repeat(500)], "csv");
    expect(new TextEncoder().encode(name).length).toBeLessThan(255);
  });
});
