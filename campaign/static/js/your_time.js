// Adds the visitor's own time beside an event's local time, where the two differ.

// Our English puts the day before the month.
const language = document.documentElement.lang.replace(/^en$/, "en-GB");

function zoneOffset(moment, timeZone) {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone, timeZoneName: "longOffset" });
  return parts.formatToParts(moment).find((part) => part.type === "timeZoneName").value;
}

function ownTime(start, end) {
  const format = new Intl.DateTimeFormat(language, {
    weekday: "short", day: "numeric", month: "short", hour: "numeric", minute: "2-digit",
  });
  return end ? format.formatRange(start, end) : format.format(start);
}

for (const element of document.querySelectorAll("[data-your-time]")) {
  const [start, end] = [...element.querySelectorAll("time")].map((time) => new Date(time.dateTime));
  if (zoneOffset(start, element.dataset.zone) !== zoneOffset(start)) {
    const line = document.createElement("span");
    line.className = "event-time-yours";
    line.textContent = element.dataset.yourTime.replace("{time}", ownTime(start, end));
    element.append(line);
  }
}
