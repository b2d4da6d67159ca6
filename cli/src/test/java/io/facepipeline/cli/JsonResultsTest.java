package io.facepipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonDeserializer;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonSerializer;
import io.facepipeline.AnalyzedFace;
import io.facepipeline.Box;
import io.facepipeline.EmbeddedFace;
import io.facepipeline.Embedding;
import io.facepipeline.Enrollment;
import io.facepipeline.Face;
import io.facepipeline.FaceAttribute;
import io.facepipeline.FaceQuality;
import io.facepipeline.FaceSelection;
import io.facepipeline.Identification;
import io.facepipeline.ImageException;
import io.facepipeline.Landmarks;
import io.facepipeline.Match;
import io.facepipeline.ModelCard;
import io.facepipeline.Outcome;
import io.facepipeline.PhotoFolder;
import io.facepipeline.Verification;
import io.facepipeline.classify.ClassifierKind;
import io.facepipeline.classify.TrainingReport;
import io.facepipeline.classify.TrainingReport.ConfusionMatrix;
import io.facepipeline.classify.TrainingReport.PhotoNote;
import io.facepipeline.classify.calibrate.VerificationCalibration.CalibratedMatch;
import io.facepipeline.classify.cluster.FaceAlbum;
import io.facepipeline.classify.cluster.FaceClustering;
import io.facepipeline.classify.cluster.FaceClustering.Clusters.PairwiseAgreement;
import io.facepipeline.classify.training.LogisticCurve;
import io.facepipeline.detection.video.TrackingSession;
import io.facepipeline.embedding.Backbone;
import io.facepipeline.evaluation.Table;
import io.facepipeline.evaluation.detection.DetectionReport;
import io.facepipeline.evaluation.identification.IdentificationReport;
import io.facepipeline.evaluation.internal.DetectionEquality;
import io.facepipeline.evaluation.verification.FacePair;
import io.facepipeline.evaluation.verification.FoldAccuracy;
import io.facepipeline.evaluation.verification.RocCurve;
import io.facepipeline.evaluation.verification.RocCurve.OperatingPoint;
import io.facepipeline.evaluation.verification.VerificationReport;
import io.facepipeline.evaluation.verification.VerificationReport.ConfidenceInterval;
import io.facepipeline.evaluation.verification.VerificationReport.ScoredPair;
import io.facepipeline.gallery.Gallery;
import io.facepipeline.gallery.GalleryPerson;
import io.facepipeline.gallery.GalleryRecovery;
import io.facepipeline.onnx.catalog.CatalogEntry;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.reflect.Modifier;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What the library answers can be the JSON of others' programs, and read again. */
class JsonResultsTest {
  private static final Face FACE =
      new Face(
          new Box(412, 80, 508, 201.5f),
          Landmarks.of(440, 120, 480, 121, 460, 145, 445, 170, 478, 171),
          0.99f);
  private static final FaceQuality QUALITY = new FaceQuality(0.5, 40, 300, 120, 0.01, 3, -4, 1);
  private static final Embedding EMBEDDING = Embedding.of("model@00", new float[] {3, 1, 2});
  private static final Identification KNOWN =
      Identification.of(FACE, Match.of(List.of(new Match.Candidate("ada", 0.81f)), 0.5f));
  private static final Identification UNKNOWN =
      Identification.of(FACE, Match.of(List.of(new Match.Candidate("ada", 0.2f)), 0.5f));
  private static final Identification NOBODY = Identification.of(FACE, Match.of(List.of(), 0.5f));
  private static final FacePair.PersonPhoto PHOTO = new FacePair.PersonPhoto("ada", Path.of("/a"));
  private static final FacePair PAIR = new FacePair(PHOTO, PHOTO, true, 3);

  /** Plain values alone, so that any JSON library takes them as it comes. */
  private static final List<Record> PLAIN =
      List.of(
          FACE,
          FACE.box(),
          FACE.landmarks(),
          FACE.landmarks().nose(),
          QUALITY,
          EMBEDDING,
          new EmbeddedFace(FACE, EMBEDDING),
          new FaceSelection.Selected(FACE, QUALITY, List.of(FACE), EMBEDDING, null),
          new FaceSelection.Selected(FACE, QUALITY, List.of(), EMBEDDING, 0.75f),
          KNOWN,
          UNKNOWN,
          NOBODY,
          KNOWN.match(),
          NOBODY.match(),
          KNOWN.candidates().get(0),
          new Identification(null, null, 0.5f, List.of(), FACE, 0.25f, true),
          new Verification(true, 0.7f, 0.5f, 1e-3, FACE, FACE, 0.75f, 1f),
          new Verification(false, 0.3f, 0.5f, null, FACE, FACE, null, null),
          new FaceAttribute.LabelScore("happy", 1),
          new FaceAttribute.Scores(
              "expression", "m", List.of(new FaceAttribute.LabelScore("happy", 0.75f))),
          new AnalyzedFace(
              FACE,
              QUALITY,
              KNOWN,
              List.of(
                  new FaceAttribute.Scores(
                      "expression", "m", List.of(new FaceAttribute.LabelScore("sad", 1))))),
          new AnalyzedFace(FACE, QUALITY, null, List.of()),
          new TrackingSession.FaceTrack(1, 0, 9, 10, 4, FACE, QUALITY, EMBEDDING),
          new TrackingSession.FaceTrack(1, 0, 9, 10, 4, FACE, QUALITY, null),
          new TrackingSession.TrackedFrame.TrackedFace(1, FACE),
          new FaceAlbum.Place("a.jpg", FACE.box()),
          new FaceAlbum.Person(3, "ada", List.of(new FaceAlbum.Place("a.jpg", FACE.box()))),
          new FaceAlbum(
              3,
              List.of(
                  new FaceAlbum.Person(3, null, List.of(new FaceAlbum.Place("a.jpg", FACE.box())))),
              List.of(List.of(new FaceAlbum.Place("a.jpg", FACE.box()))),
              List.of(List.of(List.of(new FaceAlbum.Place("a.jpg", FACE.box())), List.of()))),
          new ModelCard.Thresholds(0.3f, 0.5f, 100, "lfw"),
          new GalleryPerson.EnrolledFace(7, "ada", EMBEDDING),
          new GalleryPerson("ada", Map.of("team", "engines"), 2),
          new Enrollment("ada", List.of(EMBEDDING), Map.of("team", "engines")),
          new GalleryRecovery(
              9,
              4,
              List.of("old.log"),
              List.of("new.log"),
              List.of(new GalleryRecovery.Loss(1, 2, 3, 4))),
          new GalleryRecovery.Loss(1, 2, 3, 4),
          new Gallery.Stats(1, 2, "model@00", 3, 0.5f, 900, 100),
          new DetectionEquality.Recorded(FACE.box(), FACE.landmarks(), 0.5f),
          new DetectionEquality.Photo("a.jpg", List.of(), List.of(FACE)),
          new DetectionEquality.Difference("a.jpg", null, FACE, 0.5),
          new ConfusionMatrix(List.of("a", "b"), List.of(List.of(1, 0), List.of(2, 3))),
          new ConfusionMatrix.PersonFigures("a", 3, 0.5, 0.25, 0.3),
          new TrainingReport.Trial(new TreeMap<>(Map.of("c", 1.0)), 0.5, 0.25),
          new TrainingReport.Strangers(0.01, 0.5f, 9, 1, 5, 4),
          new TrainingReport.Summary(
              1, 2, "none", 3, new TreeMap<>(Map.of("c", 1.0)), 0.9, 0.01, 4),
          new CalibratedMatch(true, 0.5, 0.4, 0.001, 0.9),
          new LogisticCurve(2, -1),
          new PairwiseAgreement(1, 2, 3),
          new FaceClustering.Clusters(List.of(0, -1, 0), List.of(List.of(0, 2))),
          new CatalogEntry.Accuracy("LFW", 99.5, "paper"),
          new ConfidenceInterval(0.5, 0.75),
          new DetectionReport.Curve.Point(0.5, 3, 2, 1.5),
          new DetectionReport.Curve.Reading(100, 0.9, 0.7, 90, true),
          new FoldAccuracy(List.of(new FoldAccuracy.Fold(1, 0.5, 10, 9))),
          new FoldAccuracy.Fold(1, 0.5, 10, 9),
          new Table(List.of("a"), List.of(List.of("b"))));

  /**
   * Hold what plain JSON has no form for, a path or a number that is not finite: Gson must be told.
   */
  private static final List<Record> WITH_PATHS_OR_NAN =
      List.of(
          new PhotoFolder.Skipped(Path.of("/b.txt"), PhotoFolder.Reason.NOT_A_PHOTO, "a text"),
          new PhotoNote(Path.of("/a.jpg"), PhotoNote.Reason.NO_FACE, false, "no face"),
          report(),
          PAIR,
          PHOTO,
          new ScoredPair(PAIR, Double.NaN),
          new RocCurve.Point(Double.POSITIVE_INFINITY, 0, 0, 0, Double.NaN),
          new OperatingPoint(0.01, Double.NaN, Double.POSITIVE_INFINITY, 0, 10),
          new IdentificationReport.Probe(PHOTO, 0, Double.NaN, null, Double.NaN),
          new IdentificationReport.Split(
              Map.of("ada", List.of(Path.of("/a"))), List.of(PHOTO), List.of(PHOTO)));

  /** Records that are no results, or whose JSON is another. */
  private static final Set<String> NO_RESULTS =
      Set.of(
          // What one gives: settings, cards (CardFile is their JSON) and how faces are cut.
          "ModelCard FaceAttribute.Card CropSpec OnnxOptions",
          // They hold pixels, a classifier or shapes of several kinds.
          "TrackingSession.TrackedFrame ClassifierTrainer.TrainingResult AnnotatedFace"
              + " DetectionReport.Photo Rule.Template Rule.EyesAndMouth"
              + " Rule.Margin Rule.ScaledBox FaceRegion.Ellipse FaceRegion.Rectangle");

  private static TrainingReport report() {
    return new TrainingReport(
        ClassifierKind.SVM,
        "model@00",
        new TrainingReport.Summary(1, 2, "none", 3, new TreeMap<>(Map.of("c", 1.0)), 0.9, 0.01, 4),
        5,
        List.of(new TrainingReport.Trial(new TreeMap<>(Map.of("c", 1.0)), 0.5, 0.25)),
        new ConfusionMatrix(List.of("a"), List.of(List.of(1))),
        new TrainingReport.Strangers(0.01, 0.5f, 9, 1, 5, 4),
        List.of(new PhotoNote(Path.of("/a.jpg"), PhotoNote.Reason.DUPLICATE, true, "twice")));
  }

  /** The one result that is no record, since it knows its source, which JSON leaves out. */
  private static final List<Outcome<?>> OUTCOMES =
      List.of(
          new Outcome<>(3, "a.jpg", "a value of any type", null),
          new Outcome<>(
              4,
              "b.jpg",
              null,
              new Outcome.Failure(
                  new ImageException("b.jpg", ImageException.Reason.EMPTY, "holds no bytes"))));

  private static List<Object> all() {
    List<Object> all = new ArrayList<>(PLAIN);
    all.addAll(OUTCOMES);
    all.addAll(WITH_PATHS_OR_NAN);
    return all;
  }

  @Test
  void jackson2() throws IOException {
    ObjectMapper plain = new ObjectMapper();
    ObjectMapper asBootDoes = new ObjectMapper();
    asBootDoes.findAndRegisterModules();
    asBootDoes.configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);
    asBootDoes.setConfig(
        asBootDoes.getSerializationConfig().without(MapperFeature.DEFAULT_VIEW_INCLUSION));
    for (ObjectMapper mapper : List.of(plain, asBootDoes)) {
      for (Object result : all()) {
        String json = mapper.writeValueAsString(result);
        assertEquals(result, mapper.readValue(json, result.getClass()), json);
      }
    }
  }

  @Test
  void jackson3() {
    tools.jackson.databind.ObjectMapper mapper = new tools.jackson.databind.ObjectMapper();
    for (Object result : all()) {
      String json = mapper.writeValueAsString(result);
      assertEquals(result, mapper.readValue(json, result.getClass()), json);
    }
  }

  @Test
  void gson() {
    Gson plain = new Gson();
    List<Object> easy = new ArrayList<>(PLAIN);
    easy.addAll(OUTCOMES);
    for (Object result : easy) {
      String json = plain.toJson(result);
      assertEquals(result, plain.fromJson(json, result.getClass()), json);
    }
    Gson told =
        new GsonBuilder()
            .serializeSpecialFloatingPointValues()
            .registerTypeHierarchyAdapter(
                Path.class,
                (JsonSerializer<Path>) (path, type, context) -> new JsonPrimitive(path.toString()))
            .registerTypeHierarchyAdapter(
                Path.class,
                (JsonDeserializer<Path>) (json, type, context) -> Path.of(json.getAsString()))
            .create();
    for (Record result : WITH_PATHS_OR_NAN) {
      String json = told.toJson(result);
      assertEquals(result, told.fromJson(json, result.getClass()), json);
    }
  }

  /** A failure keeps its exception until it is written; what is read says the same. */
  @Test
  void aFailureSaysTheSameAfterJson() throws IOException {
    Outcome<?> failed = OUTCOMES.get(1);
    assertTrue(failed.error().orElseThrow() instanceof ImageException);
    Outcome<?> read =
        new ObjectMapper().readValue(new ObjectMapper().writeValueAsString(failed), Outcome.class);
    String said = read.error().orElseThrow().getMessage();
    assertTrue(said.contains("ImageException") && said.contains("holds no bytes"), said);
  }

  /** The figures of whole reports are maps, which every library writes. */
  @Test
  void theFiguresOfReports() throws IOException {
    List<ScoredPair> pairs = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      pairs.add(
          new ScoredPair(
              new FacePair(PHOTO, PHOTO, i % 2 == 0, i % 4), i % 7 == 0 ? Double.NaN : i / 40.0));
    }
    for (Map<String, ?> figures :
        List.of(
            VerificationReport.of(pairs).values(),
            VerificationReport.of(
                    pairs.stream().filter(p -> p.pair().same()).toList()) // no impostors: no rates
                .values(),
            IdentificationReport.of(List.of(), List.of(), 0).values(),
            DetectionReport.of(List.of()).values())) {
      String json = new ObjectMapper().writeValueAsString(figures);
      assertFalse(json.contains("NaN") || json.contains("Infinity"), json);
      assertEquals(
          JsonParser.parseString(json),
          JsonParser.parseString(new GsonBuilder().serializeNulls().create().toJson(figures)));
    }
  }

  @RestController
  static final class Controller {
    @GetMapping(path = "/who", produces = MediaType.APPLICATION_JSON_VALUE)
    List<Identification> who() {
      return List.of(KNOWN, UNKNOWN, NOBODY);
    }
  }

  @Test
  void aSpringControllerAnswersWhoItIs() throws Exception {
    MockMvc mvc = MockMvcBuilders.standaloneSetup(new Controller()).build();
    MockHttpServletResponse response =
        mvc.perform(MockMvcRequestBuilders.get("/who")).andReturn().getResponse();
    assertEquals(200, response.getStatus());
    List<JsonObject> answers = new ArrayList<>();
    JsonParser.parseString(response.getContentAsString())
        .getAsJsonArray()
        .forEach(answer -> answers.add(answer.getAsJsonObject()));
    JsonObject known = answers.get(0);
    assertEquals("ada", known.get("label").getAsString());
    assertEquals(0.81f, known.get("score").getAsFloat());
    assertEquals(0.5f, known.get("threshold").getAsFloat());
    JsonObject box = known.getAsJsonObject("face").getAsJsonObject("box");
    assertEquals(412, box.get("x1").getAsFloat());
    assertEquals(201.5f, box.get("y2").getAsFloat());
    assertTrue(answers.get(1).get("label").isJsonNull());
    assertEquals(0.2f, answers.get(1).get("score").getAsFloat());
    assertTrue(answers.get(2).get("score").isJsonNull());
    assertNotNull(answers.get(2).get("face"));
  }

  /** Every public record of the published modules is here, or is named as no result. */
  @Test
  void nothingIsLeftOut() throws Exception {
    Set<String> seen = new LinkedHashSet<>();
    all().forEach(result -> seen.add(name(result.getClass())));
    NO_RESULTS.forEach(names -> seen.addAll(Arrays.asList(names.split(" ", -1))));
    Set<String> missing = new TreeSet<>();
    int found = 0;
    for (Class<?> module :
        List.of(
            Face.class,
            GalleryPerson.EnrolledFace.class,
            TrackingSession.FaceTrack.class,
            Backbone.class,
            Table.class)) {
      Path place = Path.of(module.getProtectionDomain().getCodeSource().getLocation().toURI());
      // A folder where only tests are run, a jar in a whole build.
      try (FileSystem jar = Files.isRegularFile(place) ? FileSystems.newFileSystem(place) : null) {
        for (Class<?> type : classes(jar == null ? place : jar.getPath("/"), module)) {
          if (type.isRecord() && isPublic(type)) {
            found++;
            if (!seen.contains(name(type))) {
              missing.add(name(type));
            }
          }
        }
      }
    }
    assertTrue(found > 40, found + " records"); // or the search finds none
    assertEquals(Set.of(), missing);
  }

  /** The classes of the packages that a module exports to everybody. */
  private static List<Class<?>> classes(Path root, Class<?> module) throws Exception {
    Set<String> exported;
    try (InputStream in = Files.newInputStream(root.resolve("module-info.class"))) {
      exported =
          ModuleDescriptor.read(in).exports().stream()
              .filter(e -> !e.isQualified())
              .map(ModuleDescriptor.Exports::source)
              .collect(Collectors.toSet());
    }
    List<Class<?>> classes = new ArrayList<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
        String path = root.relativize(file).toString();
        if (!path.endsWith("-info.class")) {
          String name = path.substring(0, path.length() - 6).replace('/', '.').replace('\\', '.');
          if (exported.contains(name.substring(0, name.lastIndexOf('.')))) {
            classes.add(Class.forName(name, false, module.getClassLoader()));
          }
        }
      }
    }
    return classes;
  }

  private static boolean isPublic(Class<?> type) {
    for (Class<?> t = type; t != null; t = t.getEnclosingClass()) {
      if (!Modifier.isPublic(t.getModifiers())) {
        return false;
      }
    }
    return true;
  }

  private static String name(Class<?> type) {
    return type.getEnclosingClass() == null
        ? type.getSimpleName()
        : type.getEnclosingClass().getSimpleName() + "." + type.getSimpleName();
  }
}
