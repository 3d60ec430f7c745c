// Moves the focus to the list of what has to be corrected, so that it is read out first.

document.querySelector(".error-summary")?.focus();
