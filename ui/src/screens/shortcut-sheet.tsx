// In the making.

export default function Screen() {
  return null;
}
