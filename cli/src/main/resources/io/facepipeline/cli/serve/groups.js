'use strict';

// Groups the faces of all photos on the page by person, so that each group gets its name at once.

/** So many faces of a group are shown. */
const SHOWN_FACES = 12;

/** Side of a shown face, in pixels. */
const FACE_SIDE = 72;

/** The names that faces have already; the most frequent is that of their group. */
function usualName(faces) {
  const counts = new Map();
  for (const {photo, number} of faces) {
    const {label} = photo.faces[number] || {};
    if (label) {
      counts.set(label, (counts.get(label) || 0) + 1);
    }
  }
  return [...counts].sort((a, b) => b[1] - a[1]).map(([label]) => label)[0] || '';
}

const inWords = (count, thing) => `${count} ${count === 1 ? thing : `${thing}s`}`;

/** Asks whose faces belong together, photo by photo and then all at once. */
async function group() {
  const grouped = [...photos];
  const bar = byId('progress');
  bar.hidden = false;
  bar.max = grouped.length + 1;
  try {
    const embeddings = [];
    for (const [done, photo] of grouped.entries()) {
      bar.value = done;
      say(`Comparing the faces of ${photo.file} ...`);
      embeddings.push((await ask('POST', 'api/embeddings', photo.blob)).embeddings);
    }
    const {groups} = await ask('POST', 'api/groups', JSON.stringify({photos: embeddings}));
    const rows = groups.map((places) =>
      places.map(({photo, face}) => ({photo: grouped[photo], number: face})),
    );
    byId('rows').replaceChildren(...(await Promise.all(rows.map(groupRow))));
    byId('groups').hidden = rows.length === 0;
    say(
      rows.length === 0
        ? 'There is no face to group.'
        : `${inWords(rows.flat().length, 'face')} in ${inWords(rows.length, 'group')}. Name those you know.`,
    );
    byId('groups-title').focus();
  } finally {
    bar.hidden = true;
  }
}

/** A group with its faces, and a form for its name. */
async function groupRow(faces, index) {
  const row = element('li');
  const pictures = element('div', 'faces');
  for (const {photo, number} of faces.slice(0, SHOWN_FACES)) {
    const canvas = element('canvas');
    canvas.width = FACE_SIDE;
    canvas.height = FACE_SIDE;
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', `a face in ${photo.file}`);
    await drawFace(photo.blob, photo.faces[number].box, canvas);
    pictures.append(canvas);
  }
  if (faces.length > SHOWN_FACES) {
    pictures.append(element('span', '', `and ${faces.length - SHOWN_FACES} more`));
  }
  const form = element('form', 'tools');
  const label = element('label', '', `Group ${index + 1}, ${inWords(faces.length, 'face')}: `);
  const input = Object.assign(element('input'), {
    maxLength: 80,
    autocomplete: 'off',
    required: true,
    value: usualName(faces),
  });
  input.setAttribute('list', 'known');
  const enroll = element('button', '', 'Enroll');
  enroll.setAttribute('aria-label', `Enroll group ${index + 1}`);
  label.append(input);
  form.append(label, enroll);
  form.onsubmit = (event) => {
    event.preventDefault();
    attempt(async () => {
      enroll.disabled = true;
      try {
        await enrollAll(faces, input.value.trim());
      } finally {
        enroll.disabled = false;
      }
    });
  };
  row.append(pictures, form);
  return row;
}

/** Enrolls the faces of a group under one name; those that are refused are told. */
async function enrollAll(faces, label) {
  const problems = [];
  for (const [done, {photo, number}] of faces.entries()) {
    say(`Enrolling face ${done + 1} of ${faces.length} ...`);
    try {
      await ask('POST', `api/people?${new URLSearchParams({label, face: number})}`, photo.blob);
    } catch (e) {
      problems.push(`${photo.file}: ${e.message}`);
    }
  }
  await showPeople();
  await nameAgain();
  const enrolled = faces.length - problems.length;
  say([`${inWords(enrolled, 'face')} enrolled as ${label}.`, ...problems].join('\n'), problems.length > 0);
}

byId('group').onclick = ({currentTarget: button}) =>
  attempt(async () => {
    button.disabled = true;
    try {
      await group();
    } finally {
      button.disabled = false;
    }
  });
