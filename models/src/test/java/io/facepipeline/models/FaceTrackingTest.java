package io.facepipeline.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Box;
import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.FrameSource;
import io.facepipeline.Image;
import io.facepipeline.Point;
import io.facepipeline.ProgressListener;
import io.facepipeline.detection.mtcnn.Mtcnn;
import io.facepipeline.detection.video.FaceTracker;
import io.facepipeline.detection.video.TrackingSession;
import io.facepipeline.testkit.SharedData;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Sequences made from the album's photos, with the detector inside the artifact. */
class FaceTrackingTest {
  private static final Color WALL = new Color(0x8a8f88);

  private static Mtcnn detector;
  private static final FaceEmbedder EMBEDDER = DefaultModels.embedder();

  private final Map<String, Set<Integer>> ids = new TreeMap<>();
  private final Map<String, Integer> seen = new TreeMap<>();

  @BeforeAll
  static void open() {
    detector = DefaultModels.mtcnn().minFaceSize(40).build();
  }

  @AfterAll
  static void close() {
    detector.close();
    EMBEDDER.close();
  }

  @Test
  void faceThatIsExpectedIsFoundAsByDetection() {
    Image group = photo("groups/group_2.jpg");
    List<Face> detected = detector.detect(group);
    List<Box> near =
        detected.stream()
            .map(face -> face.box())
            .map(b -> new Box(b.x1() + 8, b.y1() - 6, b.x2() + 8, b.y2() - 6))
            .toList();
    List<Face> refined = detector.refine(group, near);
    assertEquals(5, detected.size());
    assertEquals(5, refined.size());
    for (Face face : detected) {
      assertTrue(
          refined.stream().anyMatch(r -> r.box().intersectionOverUnion(face.box()) > 0.8),
          () -> face + " is not among " + refined);
    }
    assertEquals(List.of(), detector.refine(group, List.of(new Box(5, 5, 80, 80))));
    assertEquals(List.of(), detector.refine(group, List.of()));
  }

  @Test
  void panAndZoomKeepTheIds() {
    BufferedImage group = photo("groups/group_1.jpg").toBufferedImage();
    Map<String, Point> faces = faces("groups/group_1.jpg");
    List<Image> frames = new ArrayList<>();
    List<Map<String, Point>> truth = new ArrayList<>();
    for (int i = 0; i < 36; i++) {
      double scale = 0.6 + 0.015 * Math.max(0, i - 18);
      double x = -12.0 * Math.min(i, 18) - 20 * Math.max(0, i - 18);
      frames.add(frame(picture -> draw(picture, group, x, 20, scale)));
      Map<String, Point> shown = new TreeMap<>();
      faces.forEach(
          (name, p) ->
              shown.put(
                  name, new Point((float) (p.x() * scale + x), (float) (p.y() * scale + 20))));
      truth.add(shown);
    }
    List<TrackingSession.TrackedFrame> result =
        track(FaceTracker.builder().detectEvery(6), frames, truth);
    assertStable(4);
    assertTrue(result.stream().filter(TrackingSession.TrackedFrame::detected).count() < 20);
    assertTrue(result.stream().noneMatch(TrackingSession.TrackedFrame::cut));
    // Whoever is on the screen for long is found in most frames.
    assertTrue(seen.values().stream().mapToInt(n -> n).max().orElseThrow() >= 25, seen::toString);
  }

  @Test
  void facesThatPassEachOtherKeepTheirIds() {
    List<Image> frames = new ArrayList<>();
    List<Map<String, Point>> truth = new ArrayList<>();
    BufferedImage ada = photo("people/ada/ada_1.jpg").toBufferedImage();
    BufferedImage goro = photo("people/goro/goro_1.jpg").toBufferedImage();
    Point adaFace = faces("people/ada/ada_1.jpg").get("0");
    Point goroFace = faces("people/goro/goro_1.jpg").get("0");
    for (int i = 0; i < 40; i++) {
      int step = 10 * i;
      frames.add(
          frame(
              picture -> {
                draw(picture, ada, 420 - step, 150, 0.7);
                draw(picture, goro, step, 30, 0.7);
              }));
      Map<String, Point> shown = new TreeMap<>();
      shown.put("goro", new Point(0.7f * goroFace.x() + step, 0.7f * goroFace.y() + 30));
      shown.put("ada", new Point(0.7f * adaFace.x() + 420 - step, 0.7f * adaFace.y() + 150));
      truth.add(shown);
    }
    track(FaceTracker.builder().embedder(EMBEDDER).detectEvery(5), frames, truth);
    assertStable(2);
    assertEquals(40, seen.get("goro"));
  }

  @Test
  void whoReturnsHasTheOldIdAndAfterACutNobodyTakesAnothers() {
    Image one = small("groups/group_1.jpg");
    Image two = small("groups/group_2.jpg");
    List<Image> frames = new ArrayList<>();
    List<Map<String, Point>> truth = new ArrayList<>();
    for (int i = 0; i < 45; i++) {
      boolean second = i / 15 == 1;
      String photo = second ? "groups/group_2.jpg" : "groups/group_1.jpg";
      frames.add(second ? two : one);
      Map<String, Point> shown = new TreeMap<>();
      faces(photo).forEach((name, p) -> shown.put(photo + name, new Point(p.x() / 2, p.y() / 2)));
      truth.add(shown);
    }
    // At half their size two of the album's people, ada and hana, are as alike as 0.53.
    FaceTracker.Builder builder = FaceTracker.builder().embedder(EMBEDDER).leastSimilarity(0.7f);
    List<TrackingSession.TrackedFrame> known = track(builder, frames, truth);
    assertStable(9);
    assertEquals(List.of(15L, 30L), cuts(known));

    ids.clear();
    seen.clear();
    List<TrackingSession.TrackedFrame> unknown = track(FaceTracker.builder(), frames, truth);
    assertEquals(List.of(15L, 30L), cuts(unknown));
    // By place alone those who return are new, and nobody inherits an id.
    assertEquals(13, ids.values().stream().flatMap(Set::stream).distinct().count());
    assertEquals(13, ids.values().stream().mapToInt(Set::size).sum());
  }

  @Test
  void whoIsHiddenForSomeFramesHasTheOldId() {
    BufferedImage hana = photo("people/hana/hana_1.jpg").toBufferedImage();
    Point face = faces("people/hana/hana_1.jpg").get("0");
    List<Image> frames = new ArrayList<>();
    List<Map<String, Point>> truth = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      int x = 4 * i;
      boolean hidden = i >= 12 && i < 17;
      frames.add(
          frame(
              picture -> {
                if (!hidden) {
                  draw(picture, hana, x, 40, 0.8);
                }
              }));
      truth.add(
          hidden ? Map.of() : Map.of("hana", new Point(0.8f * face.x() + x, 0.8f * face.y() + 40)));
    }
    List<TrackingSession.FaceTrack> tracks = new ArrayList<>();
    List<TrackingSession.TrackedFrame> result =
        track(FaceTracker.builder().detectEvery(4), frames, truth, tracks);
    assertStable(1);
    assertTrue(result.subList(12, 17).stream().allMatch(frame -> frame.faces().isEmpty()));
    assertEquals(1, tracks.size());
    TrackingSession.FaceTrack track = tracks.get(0);
    assertEquals(0, track.firstFrame());
    assertEquals(29, track.lastFrame());
    assertEquals(25, track.framesSeen());
    assertNull(track.embedding());
    assertTrue(track.quality().score() > 0);
    assertEquals(track.best(), result.get((int) track.bestFrame()).faces().get(0).face());
  }

  @Test
  void whoAppearsBetweenTwoDetectionsIsLookedForInTheFramesBefore() {
    BufferedImage hana = photo("people/hana/hana_2.jpg").toBufferedImage();
    List<Image> frames = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      int x = 100 + 3 * i;
      boolean there = i >= 13;
      frames.add(
          frame(
              picture -> {
                if (there) {
                  draw(picture, hana, x, 100, 0.4);
                }
              }));
    }
    FaceTracker tracker = FaceTracker.builder().detector(detector).build();
    List<TrackingSession.TrackedFrame> result = new ArrayList<>();
    List<TrackingSession.FaceTrack> tracks =
        tracker.track(FrameSource.of(frames), ProgressListener.NONE, result::add);
    assertEquals(List.of(0L, 10L, 20L), detected(result));
    assertEquals(1, tracks.size());
    assertEquals(13, tracks.get(0).firstFrame());
    assertEquals(24, tracks.get(0).lastFrame());
    assertEquals(12, tracks.get(0).framesSeen());
    for (int i = 0; i < 25; i++) {
      assertEquals(i, result.get(i).index());
      assertEquals(i >= 13 ? 1 : 0, result.get(i).faces().size());
    }
    Box first = result.get(13).faces().get(0).face().box();
    Box last = result.get(24).faces().get(0).face().box();
    assertEquals(33, last.center().x() - first.center().x(), 6);

    // Frame by frame nothing can be told afterwards.
    TrackingSession session = tracker.start();
    List<TrackingSession.TrackedFrame> atOnce = frames.stream().map(session::next).toList();
    assertTrue(atOnce.subList(0, 20).stream().allMatch(frame -> frame.faces().isEmpty()));
    assertEquals(20, session.tracks().get(0).firstFrame());
  }

  @Test
  void nobodyIsLookedForBehindACut() {
    Image group = small("groups/group_1.jpg");
    Image wall = frame(picture -> {});
    List<TrackingSession.TrackedFrame> result = new ArrayList<>();
    List<TrackingSession.FaceTrack> tracks =
        FaceTracker.builder()
            .detector(detector)
            .build()
            .track(
                FrameSource.of(List.of(wall, wall, wall, group, group)),
                ProgressListener.NONE,
                result::add);
    assertEquals(List.of(3L), cuts(result));
    assertEquals(4, tracks.size());
    assertTrue(tracks.stream().allMatch(track -> track.firstFrame() == 3));
    assertEquals(List.of(0, 0, 0, 4, 4), result.stream().map(f -> f.faces().size()).toList());
  }

  @Test
  void trackHasTheEmbeddingOfItsFace() {
    BufferedImage bao = photo("people/bao/bao_1.jpg").toBufferedImage();
    BufferedImage dalia = photo("people/dalia/dalia_1.jpg").toBufferedImage();
    List<Image> frames = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      int x = 3 * i;
      frames.add(
          frame(
              picture -> {
                draw(picture, bao, x, 50, 0.8);
                draw(picture, dalia, 640 - 256 - x, 50, 0.8);
              }));
    }
    List<TrackingSession.FaceTrack> tracks =
        FaceTracker.builder()
            .detector(detector)
            .embedder(EMBEDDER)
            .build()
            .track(FrameSource.of(frames), ProgressListener.NONE, frame -> {});
    assertEquals(2, tracks.size());
    Embedding first = tracks.get(0).embedding();
    Embedding second = tracks.get(1).embedding();
    assertEquals(EMBEDDER.card().fingerprint(), first.fingerprint());
    assertTrue(first.similarity(second) < 0.9, () -> "alike: " + first.similarity(second));
  }

  private static List<Long> detected(List<TrackingSession.TrackedFrame> frames) {
    return frames.stream()
        .filter(TrackingSession.TrackedFrame::detected)
        .map(TrackingSession.TrackedFrame::index)
        .toList();
  }

  private static List<Long> cuts(List<TrackingSession.TrackedFrame> frames) {
    return frames.stream()
        .filter(TrackingSession.TrackedFrame::cut)
        .map(TrackingSession.TrackedFrame::index)
        .toList();
  }

  private List<TrackingSession.TrackedFrame> track(
      FaceTracker.Builder builder, List<Image> frames, List<Map<String, Point>> truth) {
    return track(builder, frames, truth, new ArrayList<>());
  }

  /** Tracks, and notes under which ids each face was seen. */
  private List<TrackingSession.TrackedFrame> track(
      FaceTracker.Builder builder,
      List<Image> frames,
      List<Map<String, Point>> truth,
      List<TrackingSession.FaceTrack> tracks) {
    List<TrackingSession.TrackedFrame> result = new ArrayList<>();
    List<Long> progress = new ArrayList<>();
    tracks.addAll(
        builder
            .detector(detector)
            .build()
            .track(
                FrameSource.of(frames),
                (done, total, item) -> {
                  assertEquals(frames.size(), total);
                  progress.add(done);
                },
                result::add));
    assertEquals(frames.size(), result.size());
    assertEquals(frames.size(), progress.size());
    for (TrackingSession.TrackedFrame frame : result) {
      truth
          .get((int) frame.index())
          .forEach(
              (name, point) -> {
                for (TrackingSession.TrackedFrame.TrackedFace face : frame.faces()) {
                  Box box = face.face().box();
                  if (point.x() > box.x1()
                      && point.x() < box.x2()
                      && point.y() > box.y1()
                      && point.y() < box.y2()) {
                    ids.computeIfAbsent(name, n -> new TreeSet<>()).add(face.id());
                    seen.merge(name, 1, Integer::sum);
                  }
                }
              });
    }
    return result;
  }

  /** So many faces were seen, each under one id, and no two under the same. */
  private void assertStable(int people) {
    assertEquals(people, ids.size(), ids::toString);
    ids.values().forEach(own -> assertEquals(1, own.size(), ids::toString));
    assertEquals(people, ids.values().stream().flatMap(Set::stream).distinct().count());
    assertFalse(seen.isEmpty());
  }

  private static Image photo(String name) {
    return Image.read(SharedData.album(name));
  }

  /** Between the eyes of each face, by number. */
  private static Map<String, Point> faces(String photo) {
    Map<String, Point> points = new TreeMap<>();
    for (Face face : detector.detect(photo(photo))) {
      Point left = face.landmarks().leftEye();
      Point right = face.landmarks().rightEye();
      points.put(
          String.valueOf(points.size()),
          new Point((left.x() + right.x()) / 2, (left.y() + right.y()) / 2));
    }
    return points;
  }

  private static Image small(String name) {
    BufferedImage photo = photo(name).toBufferedImage();
    return frame(picture -> draw(picture, photo, 0, 0, 0.5));
  }

  private static Image frame(Consumer<BufferedImage> content) {
    BufferedImage picture = new BufferedImage(640, 400, BufferedImage.TYPE_3BYTE_BGR);
    Graphics2D g = picture.createGraphics();
    g.setColor(WALL);
    g.fillRect(0, 0, picture.getWidth(), picture.getHeight());
    g.dispose();
    content.accept(picture);
    return Image.of(picture);
  }

  private static void draw(
      BufferedImage picture, BufferedImage photo, double x, double y, double scale) {
    Graphics2D g = picture.createGraphics();
    g.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    g.translate(x, y);
    g.scale(scale, scale);
    g.drawImage(photo, 0, 0, null);
    g.dispose();
  }
}
