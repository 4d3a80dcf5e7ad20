// Reads a JSON list of feeds from standard input with ical.js, as Thunderbird does, and writes what is wrong with each.
import { readFileSync } from "node:fs";
import ICAL from "../../confapp/assets/node_modules/ical.js/dist/ical.js";

ICAL.design.strict = true;

/** What ical.js finds wrong with one feed. */
function complaints(feed) {
  let calendar;
  try {
    calendar = new ICAL.Component(ICAL.parse(feed));
  } catch (error) {
    return [`unreadable: ${error.message}`];
  }
  const found = [];
  for (const name of ["prodid", "version"]) {
    if (!calendar.hasProperty(name)) found.push(`no ${name}`);
  }
  for (const event of calendar.getAllSubcomponents("vevent")) {
    const uid = event.getFirstPropertyValue("uid");
    for (const property of event.getAllProperties()) {
      if (property.type === "unknown" && !property.name.startsWith("x-") && !NEWER.has(property.name)) {
        found.push(`${uid}: ${property.name} is of no known type`);
      }
    }
    try {
      const read = new ICAL.Event(event);
      if (!read.uid) found.push("an event without UID");
      if (!read.startDate?.toJSDate()) found.push(`${uid}: no start`);
      if (Number.isNaN(read.startDate.toUnixTime())) found.push(`${uid}: the start is no moment`);
      if (!Number.isInteger(read.sequence)) found.push(`${uid}: SEQUENCE is no number`);
    } catch (error) {
      found.push(`${uid}: ${error.message}`);
    }
  }
  return found;
}

// Properties of RFC 7986, 9073 and 9253 that ical.js 2.2 reads as text.
const NEWER = new Set(["conference", "styled-description", "link", "concept", "refid"]);

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf-8")).map(complaints)));
