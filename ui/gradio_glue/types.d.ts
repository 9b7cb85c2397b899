// What Gradio gives a part of the page.

/** What Gradio gives a part, besides its element. */
export interface Host {
  trigger(event: string, data: object): void;
}
