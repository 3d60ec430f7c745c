// Reads calendars with the readers that JavaScript has, from the folder given.
// Each line that comes in is a request {reader, content}, each that goes out its answer {events} or {fault}.
// An event has the fields of `Reading` in seen.py; moments are milliseconds since 1970, days "YYYY-MM-DD".

import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const require = createRequire(`${process.argv[2]}/`);
const imported = (name) => import(pathToFileURL(require.resolve(name)));
const { default: ICAL } = await imported("ical.js");
const { convertIcsCalendar } = await imported("ts-ics");

// Zones come from the file alone: none is registered beside it, so a missing one would float.
function byIcalJs(content) {
  const calendar = new ICAL.Component(ICAL.parse(content));
  return calendar.getAllSubcomponents("vevent").map((component) => {
    const event = new ICAL.Event(component);
    const value = (name) => component.getFirstPropertyValue(name);
    return {
      uid: event.uid,
      starts: icalJsTime(event.startDate),
      ends: icalJsTime(event.endDate),
      title: event.summary,
      sequence: event.sequence,
      status: value("status"),
      location: event.location,
      description: event.description,
      url: value("url"),
      point: value("geo"),
      categories: component.getFirstProperty("categories")?.getValues(),
      parent: value("related-to"),
    };
  });
}

function icalJsTime(time) {
  return time.isDate ? time.toString() : time.toUnixTime() * 1000;
}

function byTsIcs(content) {
  return convertIcsCalendar(undefined, content).events?.map((event) => ({
    uid: event.uid,
    starts: tsIcsTime(event.start),
    ends: tsIcsTime(event.end),
    title: event.summary,
    sequence: event.sequence,
    status: event.status,
    location: event.location,
    description: event.description,
    url: event.url,
    point: event.geo?.split(";").map(Number),
    categories: event.categories,
  }));
}

function tsIcsTime(time) {
  return time?.type === "DATE" ? day(time.date) : time?.date.getTime();
}

function day(date) {
  return date.toISOString().slice(0, 10);
}

const READERS = { "ical.js": byIcalJs, "ts-ics": byTsIcs };

for await (const line of createInterface({ input: process.stdin })) {
  const { reader, content } = JSON.parse(line);
  let answer;
  try {
    answer = { events: READERS[reader](content) ?? [] };
  } catch (fault) {
    answer = { fault: String(fault) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
