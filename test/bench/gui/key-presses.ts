import type { Page } from "@playwright/test";

/** Words that are typed letter by letter and deleted again: from all rows to a few, and back. */
const words = ["europe", "0x1f", "private asia", "0xab2", "oceania public", "0x00"];

/** Milliseconds from each key press in a field to the end of the frame that shows what came of it. */
export async function keyPresses(page: Page, field: string): Promise<number[]> {
  await page.evaluate(listen);
  await page.locator(field).focus();
  for (const word of words) {
    for (const key of [...word, ...Array.from(word, () => "Backspace")]) {
      const before = await page.evaluate(() => (window as unknown as Watched).presses.length);
      await page.keyboard.press(key === " " ? "Space" : key);
      await page.waitForFunction((count) => (window as unknown as Watched).presses.length > count, before);
    }
  }
  return page.evaluate(() => (window as unknown as Watched).presses);
}

interface Watched {
  presses: number[];
}

/** Runs in the page. A message that is sent in a frame comes after that frame has been painted. */
function listen(): void {
  const watched = window as unknown as Watched;
  watched.presses = [];
  window.addEventListener(
    "keydown",
    ({ timeStamp }) => {
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => watched.presses.push(performance.now() - timeStamp);
        port2.postMessage(null);
      });
    },
    { capture: true },
  );
}
