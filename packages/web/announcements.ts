/** Tells screen readers, in their own time, what sighted people see happen. */
export function announce(text: string): void {
  const region = document.querySelector("#announcements");
  if (region) region.textContent = text;
}
