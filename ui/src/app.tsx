// The frame of the window: what is over what.
export function App() {
  return <main className="p-8">Parlor</main>;
}
