// Leaves at once, by the button or by Escape three times in a row; "Back" does not return here.

const exit = document.querySelector(".quick-exit");
let escapes = 0;

function leave() {
  document.documentElement.hidden = true; // Nothing is seen while the other page is on its way.
  location.replace(exit.href);
}

exit.addEventListener("click", (event) => {
  event.preventDefault();
  leave();
});

document.addEventListener("keydown", ({ key }) => {
  escapes = key === "Escape" ? escapes + 1 : 0;
  if (escapes === 3) leave();
});
