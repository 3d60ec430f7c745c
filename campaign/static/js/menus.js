// Closes an open menu on Escape, on a click elsewhere, and when the focus has left it; selects an
// address to copy whole.

function close(menu, { refocus = false } = {}) {
  menu.open = false;
  if (refocus) menu.querySelector("summary").focus();
}

for (const menu of document.querySelectorAll("details.menu")) {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) close(menu, { refocus: true });
  });
  menu.addEventListener("focusout", ({ relatedTarget: next }) => {
    // A click on mere words in the menu gives the focus to what is around it.
    if (next && !menu.contains(next) && !next.contains(menu)) close(menu);
  });
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) close(menu);
  });
}

for (const address of document.querySelectorAll("input[readonly]")) {
  address.addEventListener("click", () => address.select());
}
