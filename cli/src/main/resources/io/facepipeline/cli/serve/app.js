'use strict';

/** The most pixels of a camera's frame that are sent, along its longer side. */
const FRAME_SIDE = 640;

/** The least side of what is touched, in pixels. */
const TOUCH = 44;

/** Names in the order in which people look for them: ada, Bao, photo 2, photo 10. */
const NAMES = new Intl.Collator(undefined, {numeric: true, sensitivity: 'base'});

const ORDINALS =
  'first second third fourth fifth sixth seventh eighth ninth tenth'.split(' ');

const byId = (id) => document.getElementById(id);

/** Photos on the page: {blob, stage, caption, faces}, and of files {card, picture, hidden} too. */
const photos = [];
let maxUploadBytes = Infinity;
let live = null;

function element(tag, classes = '', text = '') {
  const made = document.createElement(tag);
  made.className = classes;
  made.textContent = text;
  return made;
}

function say(text, problem = false) {
  byId('status').textContent = text;
  byId('status').classList.toggle('problem', problem);
}

/** Asks the server for JSON. */
async function ask(method, path, body) {
  return (await fetched(method, path, body)).json().catch(() => ({}));
}

/** Asks the server; an answer that is no success is thrown with the server's reason. */
async function fetched(method, path, body) {
  let response;
  try {
    response = await fetch(path, {method, body, cache: 'no-store'});
  } catch {
    throw new Error('the server does not answer; is it still running?');
  }
  if (!response.ok) {
    const answer = await response.json().catch(() => ({}));
    throw new Error(answer.error || `the server answered ${response.status}`);
  }
  return response;
}

async function showPeople(answer) {
  const {people, model, threshold, kept, maxUploadBytes: limit} =
    answer || (await ask('GET', 'api/people'));
  people.sort((a, b) => NAMES.compare(a.label, b.label));
  maxUploadBytes = limit;
  byId('about').textContent =
    `Model: ${model}. Faces with a similarity below ${threshold.toFixed(3)} are unknown.`;
  byId('kept').textContent = kept
    ? 'People are stored on disk. Photos are never stored.'
    : 'People are forgotten when the server stops. Photos are never stored.';
  byId('nobody').hidden = people.length > 0;
  byId('people').replaceChildren(...people.map(personRow));
  byId('known').replaceChildren(
    ...people.map(({label}) => Object.assign(element('option'), {value: label})),
  );
}

function personRow({label, faces}) {
  const row = element('li');
  const forget = element('button', '', 'Forget');
  forget.type = 'button';
  forget.setAttribute('aria-label', `Forget ${label}`);
  forget.onclick = () =>
    attempt(async () => {
      await showPeople(await ask('DELETE', `api/people?${new URLSearchParams({label})}`));
      await nameAgain();
      say(`${label} is forgotten.`);
    });
  row.append(element('span', '', `${label} (${faces})`), forget);
  return row;
}

/** Does something that may fail, and says so if it does. */
async function attempt(work) {
  try {
    await work();
  } catch (e) {
    say(e.message, true);
  }
}

/** Where a face is among those of a picture, for whoever does not see it. */
function placeOf(rank, count) {
  if (count === 1) {
    return 'the only face';
  }
  const ordinal = ORDINALS[rank] || `number ${rank + 1},`;
  return `${ordinal} face from the left`;
}

/**
 * Draws the faces of an answer over a picture, from the left to the right: a frame where each face
 * is, and over it a button that is large enough to be touched.
 */
function draw(photo, {width, height, faces}) {
  photo.faces = faces;
  const percent = (part, whole) => `${(100 * part) / whole}%`;
  const middle = ({box: [left, top, right, bottom]}) => [(left + right) / 2, (top + bottom) / 2];
  const order = faces
    .map((face, number) => ({face, number}))
    .sort((a, b) => middle(a.face)[0] - middle(b.face)[0]);
  /** Of buttons that lie over each other, the face nearest to the pointer is meant. */
  const meant = (event, number) => {
    if (event.detail === 0) {
      return number; // by the keyboard
    }
    const stage = photo.stage.getBoundingClientRect();
    const x = ((event.clientX - stage.left) / stage.width) * width;
    const y = ((event.clientY - stage.top) / stage.height) * height;
    const away = (face) => Math.hypot(x - middle(face)[0], y - middle(face)[1]);
    return faces.reduce((best, face, i) => (away(face) < away(faces[best]) ? i : best), number);
  };
  const drawn = order.flatMap(({face, number}, rank) => {
    const [left, top, right, bottom] = face.box;
    const known = face.label !== null;
    const frame = element('div', known ? 'frame known' : 'frame');
    frame.style.left = percent(left, width);
    frame.style.top = percent(top, height);
    frame.style.width = percent(right - left, width);
    frame.style.height = percent(bottom - top, height);
    const alike = face.similarity === null ? '' : ` ${face.similarity.toFixed(2)}`;
    const stranger = face.spoof ? `not live (${face.liveness.toFixed(2)})` : 'unknown';
    frame.append(element('span', '', known ? face.label + alike : stranger));
    frame.setAttribute('aria-hidden', 'true');
    const box = element('button', known ? 'face known' : 'face');
    box.type = 'button';
    const side = (from, to, whole) => `max(${percent(to - from, whole)}, ${TOUCH}px)`;
    const start = (from, to, whole) => {
      const size = side(from, to, whole);
      const at = `${percent((from + to) / 2, whole)} - ${size} / 2`;
      return `max(0px, min(${at}, 100% - ${size}))`;
    };
    box.style.left = start(left, right, width);
    box.style.top = start(top, bottom, height);
    box.style.width = side(left, right, width);
    box.style.height = side(top, bottom, height);
    const place = placeOf(rank, faces.length) + (photo.file ? ` in ${photo.file}` : '');
    box.setAttribute('aria-label', `${known ? face.label : stranger}, ${place}`);
    box.title = known
      ? `${face.label}; click to add this face`
      : face.spoof
        ? 'taken for a picture of a face'
      : face.nearest === null
        ? 'click to name this face'
        : `most similar to ${face.nearest},${alike}; click to name this face`;
    box.onclick = (event) => attempt(() => name(photo, meant(event, number)));
    const dots = face.landmarks.map(([x, y]) => {
      const dot = element('i', 'landmark');
      dot.style.left = percent(x, width);
      dot.style.top = percent(y, height);
      return dot;
    });
    return [frame, ...dots, box];
  });
  photo.stage.querySelectorAll('.face, .frame, .landmark').forEach((old) => old.remove());
  photo.stage.append(...drawn);
  const named = faces.filter((face) => face.label !== null).length;
  photo.caption.textContent =
    (photo.file ? `${photo.file}: ` : '') +
    (faces.length === 0
      ? 'no face'
      : `${faces.length} ${faces.length === 1 ? 'face' : 'faces'}, ${named} named`);
}

/** Looks at photos one after the other, and shows each once it is done. */
async function addPhotos(files) {
  const problems = [];
  const bar = byId('progress');
  bar.hidden = files.length < 2;
  bar.max = files.length;
  for (const [done, file] of files.entries()) {
    bar.value = done;
    say(`Looking at ${file.name} ...`);
    try {
      if (file.size > maxUploadBytes) {
        throw new Error(`larger than the limit of ${Math.round(maxUploadBytes / 1e6)} MB`);
      }
      const answer = await ask('POST', 'api/faces', file);
      const photo = photoCard(file);
      draw(photo, answer);
      photos.unshift(photo);
      byId('photos').prepend(photo.card);
      showTools();
    } catch (e) {
      problems.push(`${file.name}: ${e.message}`);
    }
  }
  bar.hidden = true;
  say(problems.join('\n'), problems.length > 0);
}

function photoCard(file) {
  const card = element('div', 'photo');
  const stage = element('div', 'stage');
  const picture = element('img');
  picture.src = URL.createObjectURL(file);
  picture.alt = file.name;
  stage.append(picture);
  const caption = element('p', 'caption');
  const tools = element('p', 'tools');
  card.append(stage, caption, tools);
  const photo = {blob: file, file: file.name, card, stage, caption, picture, hidden: null, faces: []};
  const hide = element('button', '', 'Hide the faces');
  hide.type = 'button';
  hide.setAttribute('aria-label', `Hide the faces in ${file.name}`);
  hide.onclick = () => attempt(() => (photo.hidden ? showFaces(photo) : hideFaces(photo)));
  tools.append(hide);
  return photo;
}

/** Shows a photo as the server returns it without faces, and offers to download it. */
async function hideFaces(photo) {
  say(`Hiding the faces in ${photo.file} ...`);
  photo.hidden = await (await fetched('POST', 'api/hidden', photo.blob)).blob();
  showPicture(photo, photo.hidden, 'Show the faces');
  const save = element('a', 'button', 'Download');
  save.href = photo.picture.src;
  save.download = `${photo.file.replace(/\.\w+$/, '')}-hidden.jpg`;
  save.setAttribute('aria-label', `Download ${photo.file} without faces`);
  photo.card.querySelector('.tools').append(save);
  say(`The faces in ${photo.file} are hidden. Look at it before you pass it on: a face may be missed.`);
}

function showFaces(photo) {
  photo.hidden = null;
  photo.card.querySelector('a').remove();
  showPicture(photo, photo.blob, 'Hide the faces');
  say('');
}

function showPicture(photo, blob, next) {
  URL.revokeObjectURL(photo.picture.src);
  photo.picture.src = URL.createObjectURL(blob);
  photo.picture.alt = photo.hidden ? `${photo.file} without faces` : photo.file;
  photo.stage.classList.toggle('hidden-faces', photo.hidden !== null);
  const button = photo.card.querySelector('.tools button');
  button.textContent = next;
  button.setAttribute('aria-label', `${next} in ${photo.file}`);
}

/** Shows what can be done with photos while there are some. */
function showTools() {
  byId('clear').hidden = photos.length === 0;
  byId('group').hidden = photos.length === 0;
}

/** After people have changed, asks again whose faces the photos show. */
async function nameAgain() {
  for (const photo of photos) {
    draw(photo, await ask('POST', 'api/faces', photo.blob));
  }
}

/** Asks for the name of a face, and enrols it. */
async function name(photo, number) {
  // Before the camera goes on, what is shown and sent is the frame that was clicked.
  const {blob} = photo;
  const {box, label, warnings} = photo.faces[number];
  await drawFace(blob, box, byId('face'));
  byId('name').value = label || '';
  byId('warnings').textContent = warnings.join('; ');
  const dialog = byId('naming');
  dialog.returnValue = '';
  dialog.onclose = () =>
    dialog.returnValue === 'enroll' &&
    attempt(async () => {
      const query = new URLSearchParams({label: byId('name').value, face: number});
      const enrolled = await ask('POST', `api/people?${query}`, blob);
      await showPeople();
      await nameAgain();
      say(`${enrolled.label} is enrolled.`);
    });
  dialog.showModal();
}

async function drawFace(blob, [left, top, right, bottom], canvas) {
  const bitmap = await createImageBitmap(blob);
  const side = 1.2 * Math.max(right - left, bottom - top);
  const x = (left + right - side) / 2;
  const y = (top + bottom - side) / 2;
  const context = canvas.getContext('2d');
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, x, y, side, side, 0, 0, canvas.width, canvas.height);
  bitmap.close();
}

/** Looks at one frame of the camera after the other, as fast as the server answers. */
async function watch(stream) {
  const video = byId('video');
  const canvas = document.createElement('canvas');
  const stage = video.parentElement;
  const watching = {blob: null, stage, caption: stage.nextElementSibling, faces: []};
  while (live === stream) {
    const shrink = Math.min(1, FRAME_SIDE / Math.max(video.videoWidth, video.videoHeight));
    canvas.width = Math.round(video.videoWidth * shrink);
    canvas.height = Math.round(video.videoHeight * shrink);
    canvas.getContext('2d').drawImage(video, 0, 0, canvas.width, canvas.height);
    const frame = await new Promise((done) => canvas.toBlob(done, 'image/jpeg', 0.9));
    const answer = await ask('POST', 'api/faces', frame);
    // A box that the pointer or the keyboard is on stays, or it could not be clicked.
    if (live === stream && !stage.querySelector('.face:hover, .face:focus-visible')) {
      watching.blob = frame;
      draw(watching, answer);
    }
    await new Promise(requestAnimationFrame);
  }
}

function turnOff() {
  live.getTracks().forEach((track) => track.stop());
  live = null;
  byId('video').srcObject = null;
  byId('live').hidden = true;
  byId('live').querySelectorAll('.face, .frame, .landmark').forEach((old) => old.remove());
  byId('camera').textContent = 'Turn the camera on';
}

async function turnOn() {
  if (!navigator.mediaDevices) {
    throw new Error('browsers give the camera only to localhost and to pages over HTTPS');
  }
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({video: {width: {ideal: 1280}}});
  } catch (e) {
    throw new Error(`the camera cannot be used: ${e.message}`);
  }
  live = stream;
  byId('video').srcObject = stream;
  byId('live').hidden = false;
  byId('camera').textContent = 'Turn the camera off';
  say('');
  await byId('video').play();
  watch(stream).catch((e) => {
    say(e.message, true);
    if (live === stream) {
      turnOff();
    }
  });
}

byId('camera').onclick = () => attempt(async () => (live ? turnOff() : turnOn()));
byId('clear').onclick = () => {
  photos.splice(0).forEach(({card, picture}) => {
    URL.revokeObjectURL(picture.src);
    card.remove();
  });
  byId('groups').hidden = true;
  byId('rows').replaceChildren();
  showTools();
  say('');
};
byId('landmarks').onclick = ({currentTarget: button}) => {
  const shown = button.getAttribute('aria-pressed') !== 'true';
  button.setAttribute('aria-pressed', shown);
  document.body.classList.toggle('no-landmarks', !shown);
};
byId('files').onchange = async (event) => {
  await addPhotos([...event.target.files]);
  event.target.value = ''; // the same file may be chosen again
};
for (const type of ['dragover', 'dragleave', 'drop']) {
  document.addEventListener(type, (event) => {
    event.preventDefault();
    byId('drop').classList.toggle('over', type === 'dragover');
  });
}
document.addEventListener('drop', (event) => addPhotos([...event.dataTransfer.files]));
document.addEventListener('paste', (event) => {
  if (event.clipboardData.files.length > 0) {
    addPhotos([...event.clipboardData.files]);
  }
});
attempt(() => showPeople());
