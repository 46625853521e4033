// Parlor's mark: a doorway that is also a speech bubble.

export function Mark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 64 64" aria-hidden="true" className={className}>
      <rect width="64" height="64" rx="15" className="fill-accent" />
      <path d="M18 50V29a14 14 0 0 1 28 0v13a8 8 0 0 1-8 8H30l-7 6v-6z" className="fill-on-accent" />
      <circle cx="39.5" cy="35" r="2.6" className="fill-accent" />
    </svg>
  );
}
