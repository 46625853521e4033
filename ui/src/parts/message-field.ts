// Where the focus goes when nothing better is left of what had it: the next thing to do is to ask.

/** A touch screen would throw its keyboard up, so there it stays where it is. */
export function focusMessageField(): void {
  const field = document.getElementById('composer');
  if (field !== null && !window.matchMedia('(pointer: coarse)').matches) field.focus();
}
