export const themeStorageKey = "shadowmesh.theme";

/** Runs before the first paint (app/layout.tsx), so that a chosen theme does not flash. */
export const themeScript = `try{const t=localStorage.getItem("${themeStorageKey}");if(t==="light"||t==="dark")document.documentElement.dataset.theme=t}catch{}`;
