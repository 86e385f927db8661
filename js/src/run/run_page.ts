/** The page of `embwidget run`: a bar to choose in, and the widget over a line to the server. */

import { App } from "../app.ts";
import type { LoadSpaces } from "../panels/spaces_place.ts";
import { copyText } from "../ui/copy.ts";
import { h, setShown, setText } from "../ui/dom.ts";
import { messageOf } from "../ui/errors.ts";
import { watchTheme } from "../ui/theme.ts";
import type { Traits } from "../wire/model.ts";
import { SocketModel } from "../wire/socket_model.ts";
import { Store } from "../wire/store.ts";
import { type Asked, askedIn, isSame, linkOf, USUAL, wordsOf } from "./asked.ts";
import { ChoicesView } from "./choices.ts";
import { Connection } from "./connection.ts";
import { type Columns, fetchListed, type Listed } from "./listed.ts";
import { recents, remember } from "./recent.ts";
import { StageView } from "./stage.ts";

const SESSION = "embwidget session";
const COPIED_MS = 2000;
const LOST =
  "The connection to embwidget is lost, and is tried again. If the command was ended, start it again and open the address that it prints.";

export class RunPage {
  readonly #choices: ChoicesView;
  readonly #stage: StageView;
  readonly #copy = h("button", { type: "button", class: "ew-button", hidden: true }, "Copy link");
  readonly #connection: Connection;
  readonly #loadSpaces: LoadSpaces;
  #listed: Listed | null = null;
  /** What is shown, or is about to be. */
  #asked: Asked | null = null;
  /** To be opened once the columns are known, of which one is the label. */
  #awaited: Partial<Asked> | null = null;
  #model: SocketModel | null = null;
  #clear: () => void = () => {};
  #isLost = false;

  constructor(body: HTMLElement, loadSpaces: LoadSpaces) {
    this.#loadSpaces = loadSpaces;
    this.#choices = new ChoicesView({
      onCompare: (asked) => this.#compare(asked),
      onSpace: (space) => this.#connection?.say({ type: "columns", space }),
    });
    this.#stage = new StageView({
      onCancel: () => this.#cancel(),
      onReload: () => void this.#look(),
    });
    this.#copy.addEventListener("click", () => void this.#copyLink());
    const title = h("a", { class: "ew-run-title", href: "#" }, "embwidget");
    const bar = h("header", { class: "ew-root ew-run-bar" });
    bar.append(title, this.#choices.node, h("div", { class: "ew-run-tools" }, this.#copy));
    body.append(bar, this.#stage.node);
    watchTheme(body, (theme) => {
      for (const shell of [bar, this.#stage.shell]) shell.dataset.theme = theme;
    });
    addEventListener("hashchange", () => this.#follow());
    const address = new URL("/messages", location.href);
    address.protocol = "ws:";
    address.hash = "";
    this.#connection = new Connection(address.href, {
      onOpen: () => this.#connected(),
      onMessage: (head, buffers) => this.#hear(head, buffers),
      onLost: () => {
        this.#isLost = true;
        this.#stage.working("");
        this.#stage.fail(LOST);
      },
    });
  }

  /** The line is open: all that the server knew of this page is said again. */
  #connected(): void {
    if (this.#isLost) this.#stage.fail("");
    this.#isLost = false;
    if (this.#asked) this.#open(this.#asked);
    else void this.#look();
  }

  /** Asks what there is, and opens what the address or the command line names. */
  async #look(): Promise<void> {
    try {
      this.#listed = await fetchListed();
    } catch (error) {
      this.#stage.fail(messageOf(error));
      return;
    }
    const { spaces, start, error } = this.#listed;
    this.#stage.fail(error);
    setShown(this.#choices.node, spaces.length > 0);
    if (spaces.length === 0) {
      this.#stage.empty();
      return;
    }
    this.#choices.offer(this.#listed);
    if (askedIn(location.hash)) this.#follow();
    else if (start.a && start.b) this.#choose(start);
    else {
      this.#choices.prefer(start);
      this.#welcome();
    }
  }

  /** Opens what the address names, if it names anything else than is shown. */
  #follow(): void {
    const asked = askedIn(location.hash);
    if (!asked) {
      if (this.#asked) this.#cancel();
      this.#welcome();
    } else if (!this.#asked || !isSame({ ...USUAL, ...asked }, this.#asked)) {
      this.#choose(asked);
    }
  }

  #choose(asked: Partial<Asked>): void {
    const problem = this.#choices.choose(asked);
    if (problem) this.#failed(problem);
    else if (asked.label === undefined) {
      this.#awaited = asked;
      this.#stage.working("Opening both spaces");
    } else {
      this.#open({ ...USUAL, ...asked });
    }
  }

  /** A label that is likely is chosen before anything is opened. */
  #compare(asked: Asked): void {
    if (this.#choices.knowsColumns) this.#go(asked);
    else this.#awaited = asked;
  }

  #go(asked: Asked): void {
    const link = linkOf(asked);
    if (location.hash === link) this.#open(asked);
    else location.hash = link;
  }

  #open(asked: Asked): void {
    this.#awaited = null;
    // A session is that of one comparison: with another, the server leaves it.
    const session = sessionStorage.getItem(SESSION) ?? "";
    this.#asked = asked;
    // Without a line it is opened once there is one again, and until then that is what is said.
    if (this.#isLost) return;
    this.#stage.fail("");
    this.#stage.working("Opening both spaces");
    this.#connection.say({ type: "open", asked, session });
  }

  /** Back to the choice: nothing is shown, and nothing is computed for it. */
  #cancel(): void {
    this.#connection.say({ type: "close" });
    this.#end();
    this.#stage.working("");
    history.replaceState(null, "", location.pathname);
    this.#welcome();
  }

  #end(): void {
    this.#clear();
    this.#clear = () => {};
    this.#model = null;
    this.#asked = null;
    document.title = "embwidget";
    setShown(this.#copy, false);
  }

  /** Nothing can be shown of what was asked for: why, and the choice again. */
  #failed(words: string): void {
    this.#end();
    this.#stage.working("");
    this.#stage.fail(words);
    this.#welcome();
  }

  #welcome(): void {
    this.#stage.welcome(recents(localStorage), Date.now());
  }

  #hear(head: Record<string, unknown>, buffers: DataView[]): void {
    switch (head.type) {
      case "waiting":
        this.#stage.working(waitingFor(head.others as number));
        break;
      case "opening":
        this.#stage.working("Opening both spaces");
        break;
      case "opened":
        this.#opened(head.session as string, head.state as Traits);
        break;
      case "traits":
        this.#model?.take(head.state as Partial<Traits>);
        break;
      case "custom":
        this.#model?.hear(head.content, buffers);
        break;
      case "columns":
        this.#columns(head as unknown as Columns);
        break;
      case "failed":
        this.#failed(head.error as string);
        break;
      case "refused":
        // Refused while nothing is shown is what was to be opened.
        if (this.#model) this.#stage.fail(head.error as string);
        else this.#failed(head.error as string);
        break;
    }
  }

  #columns(columns: Columns): void {
    this.#choices.offerColumns(columns);
    const awaited = this.#awaited;
    if (awaited?.a === columns.space) this.#go(this.#choices.asked);
    else if (columns.error) this.#stage.fail(columns.error);
  }

  #opened(session: string, traits: Traits): void {
    const asked = this.#asked;
    if (!asked) return;
    this.#clear();
    sessionStorage.setItem(SESSION, session);
    remember(localStorage, asked, Date.now());
    document.title = `${wordsOf(asked).title} – embwidget`;
    setShown(this.#copy, true);
    const model = new SocketModel(traits, this.#connection.say);
    const store = new Store(model);
    const app = new App(this.#stage.place, store, this.#loadSpaces);
    this.#model = model;
    this.#clear = () => {
      app.destroy();
      store.destroy();
    };
    this.#stage.opened();
  }

  async #copyLink(): Promise<void> {
    try {
      await copyText(location.href, this.#stage.node);
      setText(this.#copy, "Copied");
      setTimeout(() => setText(this.#copy, "Copy link"), COPIED_MS);
    } catch (error) {
      this.#stage.fail(messageOf(error));
    }
  }
}

function waitingFor(others: number): string {
  return `Waiting for ${others} ${others === 1 ? "other" : "others"} that compute now or came before`;
}
