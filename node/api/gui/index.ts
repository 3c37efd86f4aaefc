export { type GuiConfig, isAdminPath, isSharedPath, serveGui } from "./serve-gui.ts";
