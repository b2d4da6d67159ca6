package io.facepipeline.flight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.AlignedFace;
import io.facepipeline.Box;
import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.FaceAligner;
import io.facepipeline.FaceAttribute;
import io.facepipeline.FaceClassifier;
import io.facepipeline.FaceDetector;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipeline;
import io.facepipeline.Identification;
import io.facepipeline.Image;
import io.facepipeline.ImageException;
import io.facepipeline.Landmarks;
import io.facepipeline.Match;
import io.facepipeline.ModelCard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Flight Recorder is told of a pipeline's work. */
class FlightRecordTest {
  private static final Face FACE =
      new Face(new Box(4, 4, 24, 24), Landmarks.of(9, 10, 19, 10, 14, 15, 10, 20, 18, 20), 0.9f);

  @TempDir Path folder;

  private static final class Finder implements FaceDetector {
    @Override
    public List<Face> detect(Image image) {
      if (image.width() == 1) {
        throw new IllegalStateException("too narrow");
      }
      return List.of(FACE);
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
      return "finder of one";
    }
  }

  private static final class Same implements FaceEmbedder {
    private final ModelCard card =
        ModelCard.builder("same")
            .embeddingSize(2)
            .crop(CropSpec.margin(8, 0))
            .sourceSha256("00")
            .build();

    @Override
    public ModelCard card() {
      return card;
    }

    @Override
    public List<Embedding> embed(List<AlignedFace> crops) {
      return crops.stream().map(c -> Embedding.of(card.fingerprint(), new float[] {1, 0})).toList();
    }

    @Override
    public void close() {}
  }

  private record Somebody(String fingerprint) implements FaceClassifier {
    @Override
    public Match classify(Embedding probe) {
      return Match.of(List.of(new Match.Candidate("somebody", 1)), 0.5f);
    }
  }

  private static final class Side implements FaceAttribute {
    @Override
    public FaceAttribute.Card card() {
      return new FaceAttribute.Card(
          "side",
          "sides",
          List.of(CropSpec.margin(4, 0)),
          List.of("any", "other"),
          "none",
          "nowhere");
    }

    @Override
    public List<FaceAttribute.Scores> classify(Image image, List<Face> faces, FaceAligner aligner) {
      return faces.stream()
          .map(
              face ->
                  new FaceAttribute.Scores(
                      "side", "sides", List.of(new FaceAttribute.LabelScore("any", 1))))
          .toList();
    }

    @Override
    public void close() {}
  }

  private static FacePipeline pipeline() {
    Same embedder = new Same();
    return FacePipeline.builder()
        .detector(new Finder())
        .embedder(embedder)
        .classifier(new Somebody(embedder.card().fingerprint()))
        .attribute(new Side())
        .build();
  }

  @FunctionalInterface
  private interface Work {
    void run() throws IOException;
  }

  private List<RecordedEvent> recorded(Work work) throws IOException {
    Path file = folder.resolve("work.jfr");
    try (Recording recording = new Recording()) {
      recording.start();
      work.run();
      recording.stop();
      recording.dump(file);
    }
    return RecordingFile.readAllEvents(file).stream()
        .filter(event -> event.getEventType().getName().startsWith("io.facepipeline."))
        .toList();
  }

  private static RecordedEvent only(List<RecordedEvent> events, String name) {
    List<RecordedEvent> found =
        events.stream().filter(e -> e.getEventType().getName().endsWith("." + name)).toList();
    assertEquals(1, found.size(), () -> name + " among " + events);
    return found.get(0);
  }

  @Test
  void eachStageIsAnEventWithWhatItDid() throws IOException {
    Path png = folder.resolve("photo.png");
    Image.ofGrey(40, 30, new byte[1200]).writePng(png);
    List<RecordedEvent> events =
        recorded(
            () -> {
              try (FacePipeline faces = pipeline()) {
                faces.analyze(Image.read(png));
              }
            });

    assertEquals(6, events.size(), events::toString);
    RecordedEvent read = only(events, "Read");
    assertEquals(List.of(40, 30), List.of(read.getInt("width"), read.getInt("height")));
    assertEquals(Files.size(png), read.getLong("bytes"));
    RecordedEvent detect = only(events, "Detect");
    assertEquals(List.of(40, 30), List.of(detect.getInt("width"), detect.getInt("height")));
    assertEquals(1, detect.getInt("faces"));
    assertEquals("finder of one", detect.getString("detector"));
    assertTrue(detect.getThread().getJavaName().startsWith("facepipeline-"), detect::toString);
    RecordedEvent align = only(events, "Align");
    assertEquals(List.of(8, 8), List.of(align.getInt("width"), align.getInt("height")));
    assertEquals(1, align.getInt("faces"));
    assertEquals("same", only(events, "Embed").getString("model"));
    assertEquals(Somebody.class.getName(), only(events, "Classify").getString("classifier"));
    assertEquals("sides", only(events, "Attributes").getString("model"));
    for (RecordedEvent event : events) {
      assertNull(event.getString("failure"), event::toString);
      assertTrue(!event.getDuration().isNegative(), event::toString);
      assertNull(event.getStackTrace(), "stack traces cost more than they tell");
      assertEquals(List.of("FacePipeline"), event.getEventType().getCategoryNames());
    }
  }

  @Test
  void aFailureIsRecordedWithoutItsMessage() throws IOException {
    Path secret = folder.resolve("somebody's name.png");
    Files.write(secret, new byte[] {1, 2, 3});
    List<RecordedEvent> events =
        recorded(
            () -> {
              assertThrows(ImageException.class, () -> Image.read(secret));
              try (FacePipeline faces = pipeline()) {
                Image narrow = Image.ofGrey(1, 1, new byte[1]);
                assertThrows(IllegalStateException.class, () -> faces.detect(narrow));
              }
            });

    assertEquals(ImageException.class.getName(), only(events, "Read").getString("failure"));
    assertEquals(
        IllegalStateException.class.getName(), only(events, "Detect").getString("failure"));
    assertFalse(
        events.stream()
            .map(RecordedEvent::toString)
            .collect(Collectors.joining())
            .contains("name.png"));
  }

  @Test
  void nothingIsKeptWhileNobodyRecords() {
    for (FlightRecord.Kind kind : FlightRecord.Kind.values()) {
      FlightRecord record = FlightRecord.begin(kind).by("x").size(1, 2).faces(3).bytes(4);
      assertFalse(record.isKept(), kind::name);
      record.failed(new IOException()).end();
    }
  }

  /** Starts a JVM without {@code jdk.jfr}. */
  @Test
  void theWorkIsDoneWhereTheJvmHasNoRecorder() throws IOException, InterruptedException {
    Path said = folder.resolve("said.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--limit-modules=java.desktop,java.logging,java.management",
                "-cp",
                System.getProperty("java.class.path"),
                WithoutRecorder.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    try {
      assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it has ended");
    } finally {
      process.destroyForcibly();
    }
    assertEquals("no recorder, [somebody]\n", Files.readString(said));
    assertEquals(0, process.exitValue());
  }

  static final class WithoutRecorder {
    public static void main(String[] args) {
      if (ModuleLayer.boot().findModule("jdk.jfr").isPresent()) {
        throw new IllegalStateException("the recorder is there");
      }
      try (FacePipeline faces = pipeline()) {
        System.out.println(
            "no recorder, "
                + faces.identify(Image.ofGrey(40, 30, new byte[1200])).stream()
                    .map(Identification::label)
                    .toList());
      }
    }
  }
}
