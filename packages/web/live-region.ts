/** Makes screen readers read out a text, without interrupting them, for what sighted people see. */
export function announce(text: string): void {
  const region = document.querySelector("#announcements");
  if (region) region.textContent = text;
}
