package io.facepipeline;

import static io.facepipeline.ColorStages.photo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.ColorStages.ColourGallery;
import io.facepipeline.ColorStages.Colours;
import io.facepipeline.ColorStages.Squares;
import io.facepipeline.spi.PipelineDefaults;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who opens, owns and closes the stages of a pipeline that is built, or fails to be. */
class PipelineBuildingTest {
  private static final int RED = 0xff0000;

  @TempDir Path folder;

  private final Squares detector = new Squares();
  private final Colours embedder = new Colours("colours");

  /** Defaults that note what was opened. */
  public static final class Defaults implements PipelineDefaults {
    static final List<String> OPENED = new ArrayList<>();

    @Override
    public FaceDetector detector() {
      OPENED.add("detector");
      return new Squares();
    }

    @Override
    public FaceEmbedder embedder() {
      OPENED.add("embedder");
      return new Colours("default");
    }

    @Override
    public FaceClassifier classifier(ModelCard card) {
      OPENED.add("classifier of " + card.id());
      return new ColourGallery(card);
    }
  }

  /** Runs with the defaults on the class path, and tells which of them were opened. */
  private List<String> opened(Supplier<FacePipeline> building, Consumer<FacePipeline> use)
      throws IOException {
    Defaults.OPENED.clear();
    URL services =
        Files.writeString(folder.resolve("services"), Defaults.class.getName()).toUri().toURL();
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(
        new ClassLoader(PipelineBuildingTest.class.getClassLoader()) {
          @Override
          protected Enumeration<URL> findResources(String name) {
            return name.equals("META-INF/services/" + PipelineDefaults.class.getName())
                ? Collections.enumeration(List.of(services))
                : Collections.emptyEnumeration();
          }
        });
    try (FacePipeline faces = building.get()) {
      use.accept(faces);
    } finally {
      thread.setContextClassLoader(before);
    }
    return List.copyOf(Defaults.OPENED);
  }

  private static void name(FacePipeline faces) {
    faces.enroll("red", photo(RED));
    assertEquals("red", faces.identify(photo(RED)).get(0).label());
  }

  @Test
  void whatIsNotSetTakesTheDefaults() throws IOException {
    List<String> all = List.of("detector", "embedder", "classifier of default");
    assertEquals(all, opened(FacePipeline::create, PipelineBuildingTest::name));
    assertEquals(
        all, opened(FacePipeline.builder().parallelism(1)::build, PipelineBuildingTest::name));
    assertEquals(
        List.of("detector", "classifier of colours"),
        opened(FacePipeline.builder().embedder(embedder)::build, PipelineBuildingTest::name));
    assertEquals(
        List.of("embedder"),
        opened(
            FacePipeline.builder().detector(detector).classifier(ColourGallery::new)::build,
            PipelineBuildingTest::name));
  }

  @Test
  void noDefaultIsOpenedThatIsNotNeeded() throws IOException {
    FacePipelineBuilder complete =
        FacePipeline.builder()
            .detector(detector)
            .embedder(embedder)
            .classifier(new ColourGallery(embedder.card()));
    assertEquals(List.of(), opened(complete::build, PipelineBuildingTest::name));
    assertEquals(
        List.of(),
        opened(
            FacePipeline.builder().detector(new Squares()).withoutEmbedder()::build,
            faces -> assertThrows(IllegalStateException.class, () -> faces.embed(photo(RED)))));
    assertEquals(
        List.of("detector", "embedder"),
        opened(
            FacePipeline.builder().withoutClassifier()::build,
            faces -> assertThrows(IllegalStateException.class, () -> faces.identify(photo(RED)))));
    // A model that nobody has measured has no threshold that a default gallery could take.
    ModelCard unmeasured =
        ModelCard.builder("new").embeddingSize(3).crop(CropSpec.margin(8, 0)).build();
    assertEquals(
        List.of("detector"),
        opened(
            FacePipeline.builder().embedder(new Colours(unmeasured))::build,
            faces -> assertEquals(1, faces.embed(photo(RED)).size())));
  }

  private interface OtherGallery extends FaceGallery {}

  @Test
  void aFactoryMakesTheClassifierForTheEmbedder() {
    List<ModelCard> asked = new ArrayList<>();
    ColourGallery gallery = new ColourGallery(embedder.card());
    try (FacePipeline faces =
        FacePipeline.builder()
            .classifier(
                card -> {
                  asked.add(card);
                  return gallery;
                })
            .detector(() -> detector)
            .embedder(() -> embedder)
            .build()) {
      name(faces);
      assertSame(gallery, faces.gallery());
      assertSame(gallery, faces.gallery(ColourGallery.class));
      assertThrows(IllegalStateException.class, () -> faces.gallery(OtherGallery.class));
    }
    assertEquals(List.of(embedder.card()), asked);
    assertEquals(1, detector.closed.get());
    assertEquals(1, embedder.closed.get());
    assertEquals(1, gallery.closed.get());
  }

  @Test
  void aChainThatFailsLeavesNothingOpen() {
    ColourGallery other = new ColourGallery(new Colours("other").card());
    assertThrows(
        IllegalArgumentException.class,
        () -> FacePipeline.builder().detector(detector).embedder(embedder).classifier(other));
    assertEquals(
        List.of(1, 1, 1),
        List.of(detector.closed.get(), embedder.closed.get(), other.closed.get()));

    List<FaceDetector> second = List.of(new Squares(), new Squares());
    FacePipelineBuilder builder = FacePipeline.builder().detector(second.get(0));
    assertThrows(IllegalStateException.class, () -> builder.detector(second.get(1)));
    second.forEach(d -> assertEquals(1, ((Squares) d).closed.get()));
    IllegalStateException spent =
        assertThrows(IllegalStateException.class, () -> builder.parallelism(1));
    assertTrue(spent.getMessage().contains("start with a new one"), spent.getMessage());
    Squares late = new Squares();
    assertThrows(IllegalStateException.class, () -> builder.detector(late));
    assertEquals(1, late.closed.get());
  }

  @Test
  void abuildThatFailsClosesWhatItWasGivenAndWhatItOpened() {
    List<Squares> openedDetectors = new ArrayList<>();
    FacePipelineException failure = new FacePipelineException("no such model");
    FacePipelineBuilder builder =
        FacePipeline.builder()
            .embedder(embedder)
            .detector(
                () -> {
                  openedDetectors.add(new Squares());
                  return openedDetectors.get(0);
                })
            .classifier(
                card -> {
                  throw failure;
                });
    assertSame(failure, assertThrows(FacePipelineException.class, builder::build));
    assertEquals(1, openedDetectors.get(0).closed.get());
    assertEquals(1, embedder.closed.get());
    assertThrows(IllegalStateException.class, builder::build);

    FacePipelineBuilder wrong =
        FacePipeline.builder()
            .detector(detector)
            .embedder(() -> new Colours("one"))
            .classifier(card -> new ColourGallery(new Colours("other").card()));
    assertThrows(IllegalArgumentException.class, wrong::build);
    assertEquals(1, detector.closed.get());
  }

  @Test
  void aBuilderBuildsOnePipeline() {
    FacePipelineBuilder builder = FacePipeline.builder().detector(detector);
    try (FacePipeline faces = builder.build()) {
      assertThrows(IllegalStateException.class, builder::build);
      assertThrows(IllegalStateException.class, () -> builder.detector(detector));
      assertEquals(0, detector.closed.get(), "it is the pipeline's now");
      assertEquals(1, faces.detect(photo(RED)).size());
    }
    assertEquals(1, detector.closed.get());
  }

  @Test
  @SuppressWarnings("NullAway")
  void nullIsRefusedByName() {
    List<Supplier<FacePipelineBuilder>> calls =
        List.of(
            () -> FacePipeline.builder().detector((FaceDetector) null),
            () -> FacePipeline.builder().detector((Supplier<FaceDetector>) null),
            () -> FacePipeline.builder().embedder((FaceEmbedder) null),
            () -> FacePipeline.builder().classifier((FaceClassifier) null),
            () -> FacePipeline.builder().classifier((FaceClassifier.Factory) null),
            () -> FacePipeline.builder().attribute((FaceAttribute) null),
            () -> FacePipeline.builder().aligner(null),
            () -> FacePipeline.builder().selection(null));
    for (Supplier<FacePipelineBuilder> call : calls) {
      NullPointerException refused = assertThrows(NullPointerException.class, call::get);
      assertTrue(refused.getMessage().endsWith("must not be null"), refused.getMessage());
    }
  }

  @Test
  void whatThePipelineIsToBeWithoutContradictsIt() {
    assertThrows(
        IllegalStateException.class,
        () -> FacePipeline.builder().withoutEmbedder().embedder(embedder));
    assertThrows(
        IllegalStateException.class,
        () -> FacePipeline.builder().withoutEmbedder().classifier(ColourGallery::new));
    assertThrows(
        IllegalStateException.class,
        () -> FacePipeline.builder().classifier(ColourGallery::new).withoutClassifier());
    assertThrows(
        IllegalStateException.class,
        () -> FacePipeline.builder().verificationThreshold(0.5f).withoutEmbedder());
  }
}
