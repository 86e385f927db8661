/** Finds an item by id or text: a text field with a list of hits below it. */

import { h, setAttributes, setShown, setText, uniqueId } from "../ui/dom.ts";
import { messageOf } from "../ui/errors.ts";
import { count } from "../ui/format.ts";
import { icon } from "../ui/icons.ts";
import type { Row } from "../wire/model.ts";
import { thumbnail } from "./thumbnail.ts";

/** The first hits, best first, and how many there are in all. */
export interface SearchHits {
  rows: Row[];
  total: number;
}

export interface SearchOptions {
  /** Called when the typing pauses; an answer that comes too late is dropped. */
  onSearch(query: string): Promise<SearchHits>;
  onPick(item: number): void;
}

const PAUSE_MS = 150;

export class SearchView {
  readonly node: HTMLElement;
  readonly #off = new AbortController();
  readonly #options: SearchOptions;
  readonly #list = h("div", { class: "ew-hits", role: "listbox", id: uniqueId("hits") });
  readonly #note = h("div", { class: "ew-hits-note", role: "status" });
  readonly #popup: HTMLElement;
  readonly #input: HTMLInputElement;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #query = "";
  #rows: Row[] = [];
  #active = -1;

  constructor(options: SearchOptions) {
    this.#options = options;
    setAttributes(this.#list, { "aria-label": "Items found" });
    this.#input = h("input", {
      type: "text",
      class: "ew-search-input",
      role: "combobox",
      placeholder: "find an item",
      "aria-label": "Find an item by id or text",
      "aria-autocomplete": "list",
      "aria-controls": this.#list.id,
      "aria-expanded": false,
      autocomplete: "off",
      spellcheck: "false",
    });
    this.#popup = h("div", { class: "ew-search-popup", hidden: true }, this.#list, this.#note);
    this.node = h("div", { class: "ew-search" }, icon("search"), this.#input, this.#popup);
    this.#listen();
  }

  destroy(): void {
    clearTimeout(this.#timer);
    this.#off.abort();
    this.node.remove();
  }

  #listen(): void {
    const { signal } = this.#off;
    this.#input.addEventListener("input", () => this.#typed(), { signal });
    this.#input.addEventListener("keydown", (event) => this.#key(event), { signal });
    this.#input.addEventListener("blur", () => this.#close(), { signal });
    this.#input.addEventListener("focus", () => this.#open(), { signal });
    // The field keeps the keyboard while a hit is clicked; otherwise it closes the list first.
    this.#popup.addEventListener("pointerdown", (event) => event.preventDefault(), { signal });
    this.#popup.addEventListener("mousedown", (event) => event.preventDefault(), { signal });
    this.#list.addEventListener("click", (event) => this.#pick(this.#indexOf(event)), { signal });
    this.#list.addEventListener("pointermove", (event) => this.#activate(this.#indexOf(event)), {
      signal,
    });
  }

  #indexOf(event: Event): number {
    const hit = (event.target as Element).closest("[role=option]");
    return hit === null ? -1 : Array.prototype.indexOf.call(this.#list.children, hit);
  }

  #typed(): void {
    clearTimeout(this.#timer);
    const query = this.#input.value.trim();
    this.#query = query;
    if (query === "") {
      this.#show([], "");
      this.#close();
      return;
    }
    this.#timer = setTimeout(() => void this.#search(query), PAUSE_MS);
  }

  async #search(query: string): Promise<void> {
    try {
      const { rows, total } = await this.#options.onSearch(query);
      if (query !== this.#query) return;
      const more =
        total > rows.length ? `${count(rows.length)} of ${count(total)} items shown` : "";
      this.#show(rows, rows.length === 0 ? `No item matches “${query}”.` : more);
    } catch (error) {
      if (query !== this.#query) return;
      this.#show([], `The search failed: ${messageOf(error)}`);
    }
    this.#open();
  }

  #show(rows: Row[], note: string): void {
    this.#rows = rows;
    this.#list.replaceChildren(...rows.map(hitElement));
    setText(this.#note, note);
    setShown(this.#note, note !== "");
    this.#activate(rows.length > 0 ? 0 : -1);
  }

  #open(): void {
    if (this.#query === "" || (this.#rows.length === 0 && this.#note.hidden)) return;
    if (this.#input.ownerDocument.activeElement === null) return;
    setShown(this.#popup, true);
    setAttributes(this.#input, { "aria-expanded": true });
  }

  #close(): void {
    setShown(this.#popup, false);
    setAttributes(this.#input, { "aria-expanded": false });
  }

  #activate(index: number): void {
    this.#active = index;
    for (const [i, hit] of Array.from(this.#list.children).entries()) {
      setAttributes(hit, { "aria-selected": i === index });
    }
    const active = this.#list.children[index];
    setAttributes(this.#input, { "aria-activedescendant": active?.id });
    active?.scrollIntoView({ block: "nearest" });
  }

  #pick(index: number): void {
    const row = this.#rows[index];
    if (row === undefined) return;
    this.#close();
    this.#options.onPick(row.item);
  }

  #key(event: KeyboardEvent): void {
    const open = !this.#popup.hidden;
    const { length } = this.#rows;
    if (event.key === "Escape" && open) this.#close();
    else if (event.key === "Escape" && this.#input.value !== "") {
      this.#input.value = "";
      this.#typed();
    } else if (event.key === "Enter" && open) this.#pick(this.#active);
    else if (event.key === "ArrowDown" && !open) this.#open();
    else if (event.key === "ArrowDown" && length > 0) this.#activate((this.#active + 1) % length);
    else if (event.key === "ArrowUp" && open && length > 0) {
      this.#activate((this.#active + length - 1) % length);
    } else return;
    // Esc would clear the selection too, as it does in an empty field, and the arrows would move the caret.
    event.preventDefault();
    event.stopPropagation();
  }
}

function hitElement({ id, label, text, image }: Row): HTMLElement {
  return h(
    "div",
    {
      class: "ew-hit",
      role: "option",
      id: uniqueId("hit"),
      title: text === null ? id : `${id}: ${text}`,
    },
    image === null ? null : thumbnail("ew-thumb", image),
    h("span", { class: "ew-hit-id", dir: "auto" }, id),
    text === null ? null : h("span", { class: "ew-hit-text", dir: "auto" }, text),
    label === null ? null : h("span", { class: "ew-hit-label", dir: "auto" }, label),
  );
}
