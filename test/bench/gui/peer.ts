/** The peer: ten thousand rows of a plain table, an array that is filtered, and all that is left of it drawn anew. */
export function plainTable(count: number): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Plain table</title>
<input aria-label="Search"><p></p><table><tbody></tbody></table>
<script>
const regions = ["north_america", "south_america", "europe", "africa", "middle_east", "asia_pacific", "oceania"];
const hex = () => [...crypto.getRandomValues(new Uint8Array(20))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const rows = Array.from({ length: ${count} }, (_, index) => ({
  peerId: "0x" + hex(), operator: "0x" + hex(), region: regions[index % 7], type: index % 4 === 0 ? "Public" : "Private",
  score: 50, stake: index % 4 === 0 ? 100 : 0, bandwidth: 10 + (index % 990),
}));
const search = document.querySelector("input");
const draw = () => {
  const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
  const shown = rows.filter((row) => words.every((word) => Object.values(row).join(" ").toLowerCase().includes(word)));
  document.querySelector("tbody").innerHTML = shown.map((row) =>
    "<tr>" + Object.values(row).map((value) => "<td>" + value + "</td>").join("") + "</tr>").join("");
  document.querySelector("p").textContent = shown.length + " of " + rows.length;
};
search.addEventListener("input", draw);
draw();
</script></html>`;
}

/** The limit: a page that shows what is typed, and does nothing else. */
export const bareField = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Field</title>
<input aria-label="Search"><p></p>
<script>document.querySelector("input").addEventListener("input", ({ target }) => {
  document.querySelector("p").textContent = target.value;
});</script></html>`;
