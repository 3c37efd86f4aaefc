const svg = (body: string) =>
  `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 28 28">${body}</svg>`)}`;

export const metaMaskIcon = svg(
  '<rect width="28" height="28" rx="7" fill="#fff"/><path d="M4 5l8 6h4l8-6-2 9 2 5-4 4-4-2h-4l-4 2-4-4 2-5z" fill="#f6851b"/><path d="M9 14l4 2-3 1zM19 14l-4 2 3 1z" fill="#3a2410"/><path d="M12 20h4l-1 2h-2z" fill="#3a2410"/>',
);

export const developmentIcon = svg(
  '<rect width="28" height="28" rx="7" fill="#7d5200"/><path d="M11 6h6M12.500 6v6L8 21a1 1 0 0 0 1 1.500h10A1 1 0 0 0 20 21l-4.500-9V6M10 17h8" fill="none" stroke="#fff" stroke-width="1.800" stroke-linecap="round" stroke-linejoin="round"/>',
);
