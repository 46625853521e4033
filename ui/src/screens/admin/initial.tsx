// A person's first letter, quiet: something for the eye to hold on to in a long list.

export function Initial({ name, faded = false }: { name: string; faded?: boolean }) {
  const first = [...name.trim()][0] ?? '?';
  return (
    <span
      aria-hidden
      className={`grid size-9 shrink-0 place-items-center rounded-full font-reading text-base font-medium ${
        faded ? 'bg-wash text-ink-faint' : 'bg-accent-wash text-accent'
      }`}
    >
      {first.toLocaleUpperCase()}
    </span>
  );
}
