"use strict";
// All is on the page without this script, which sorts its tables and chooses people.
{
  const said = document.querySelector(".said");
  const form = document.querySelector("form");
  const people = document.querySelector(".people tbody");
  const more = document.querySelector(".more");
  const STEP = 300; // rows that are laid out: a browser takes seconds for thousands
  let most = STEP;
  const collator = new Intl.Collator(undefined, { numeric: true });
  const KEYS = {
    text: (cell) => cell.textContent.trim(),
    number: (cell) => (Number.isNaN(parseFloat(cell.textContent)) ? -1 : parseFloat(cell.textContent)),
    verdict: (cell) => {
      const share = /(\d+) %/.exec(cell.textContent);
      return cell.textContent.startsWith("PASS") ? 101 : share ? Number(share[1]) : -1;
    },
  };

  function sort(header) {
    const kind = header.dataset.key;
    const before = header.getAttribute("aria-sort");
    const up = before ? before === "descending" : kind === "text";
    const body = header.closest("table").tBodies[0];
    const column = header.cellIndex;
    const keyed = Array.from(body.rows, (row) => [KEYS[kind](row.cells[column]), row]);
    const compare = kind === "text" ? (a, b) => collator.compare(a[0], b[0]) : (a, b) => a[0] - b[0];
    keyed.sort(up ? compare : (a, b) => compare(b, a));
    const sorted = document.createDocumentFragment();
    for (const [, row] of keyed) sorted.append(row);
    body.append(sorted);
    if (body === people) lay();
    for (const other of header.parentNode.cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", up ? "ascending" : "descending");
    said.textContent = `Sorted by ${header.dataset.name}, ${up ? "lowest" : "highest"} first.`;
  }

  for (const header of document.querySelectorAll("th[data-key]")) {
    header.dataset.name = header.textContent.trim();
    const button = document.createElement("button");
    button.type = "button";
    button.append(...header.childNodes);
    button.addEventListener("click", () => sort(header));
    header.append(button);
  }

  let read = null; // of each row, once: its name, and its verdicts
  function rows() {
    read ??= Array.from(people.rows, (row) => ({
      row,
      name: row.cells[0].textContent.toLowerCase(),
      verdicts: Array.from(row.cells).slice(3).map((cell) => cell.firstChild.data.trim()),
    }));
    return read;
  }

  function choose() {
    const name = form.elements.name.value.trim().toLowerCase();
    const kata = form.elements.kata.value;
    const verdict = form.elements.verdict.value;
    let found = 0;
    for (const one of rows()) {
      const own = kata === "" ? one.verdicts : [one.verdicts[Number(kata)]];
      const fits = one.name.includes(name) && (verdict === "" || own.includes(verdict));
      one.row.hidden = !fits;
      found += fits;
    }
    lay();
    said.textContent = `${found} of ${people.rows.length} people are found.`;
  }

  function lay() {
    let n = 0; // of the rows that are found
    for (const row of people.rows) row.classList.toggle("later", !row.hidden && n++ >= most);
    more.hidden = n <= most;
  }

  more.addEventListener("click", () => {
    most += STEP;
    lay();
    said.textContent = `The first ${most} people are shown.`;
  });
  lay();
  form.hidden = false;
  form.addEventListener("input", choose);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(choose));
}
