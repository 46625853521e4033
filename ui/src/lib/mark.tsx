// Parlor's mark: a doorway that is also a speech bubble, its door open. Drawn as in icons/mark.svg.

export function Mark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 64 64" aria-hidden="true" className={className}>
      <rect width="64" height="64" rx="14" className="fill-accent" />
      <path d="M12 59V28a20 20 0 0 1 40 0v16a4 4 0 0 1-4 4H24z" className="fill-on-accent" />
      <path d="M24 48V28a8 8 0 0 1 16 0v20z" className="fill-accent" />
      <path d="M24 48V28a8 8 0 0 1 8-8v33z" className="fill-on-accent opacity-60" />
    </svg>
  );
}
