/** Height of the map where its width is 1,000. */
export const mapHeight = 470;
