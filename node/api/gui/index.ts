export { type GuiConfig, serveGui } from "./serve-gui.ts";
