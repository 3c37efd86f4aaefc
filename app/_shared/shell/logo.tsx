export function Logo() {
  return (
    <svg aria-hidden="true" viewBox="0 0 32 32" className="size-6 text-accent">
      <path
        fill="none"
        stroke="currentColor"
        strokeWidth="2"
        d="M6 10 16 4l10 6v12l-10 6-10-6zM6 10l10 6 10-6M16 16v12"
      />
      {["6 10", "16 4", "26 10", "26 22", "16 28", "6 22", "16 16"].map((point) => {
        const [x, y] = point.split(" ");
        return <circle key={point} cx={x} cy={y} r="3" fill="currentColor" />;
      })}
    </svg>
  );
}
