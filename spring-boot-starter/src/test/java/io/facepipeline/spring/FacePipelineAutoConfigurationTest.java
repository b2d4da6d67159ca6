package io.facepipeline.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.facepipeline.FaceClassifier;
import io.facepipeline.FaceDetector;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipeline;
import io.facepipeline.FaceSelection;
import io.facepipeline.Image;
import io.facepipeline.StageListener;
import io.facepipeline.detection.video.FaceTracker;
import io.facepipeline.embedding.OnnxFaceEmbedder;
import io.facepipeline.gallery.Gallery;
import io.facepipeline.gallery.GalleryException;
import io.facepipeline.models.DefaultModels;
import io.facepipeline.onnx.ModelNotFoundException;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.onnx.store.ModelStoreException;
import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/** What each property does, and what an application's own beans replace. */
class FacePipelineAutoConfigurationTest {
  private final ApplicationContextRunner application =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(FacePipelineAutoConfiguration.class));

  @TempDir Path folder;

  private static Image ada(int number) {
    return Image.read(SharedData.album("people/ada/ada_" + number + ".jpg"));
  }

  private static Throwable rootOf(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null && !(root instanceof io.facepipeline.FacePipelineException)) {
      root = root.getCause();
    }
    return root;
  }

  private ApplicationContextRunner with(String... properties) {
    return application.withPropertyValues(properties);
  }

  @Test
  void withoutAnyPropertyThereIsAPipelineWithAGalleryInMemory() {
    application.run(
        context -> {
          FacePipeline faces = context.getBean(FacePipeline.class);
          faces.enroll("ada", ada(1));
          assertThat(faces.identify(ada(2)).get(0).label()).isEqualTo("ada");
          assertThat(context.getBean(Gallery.class).labels()).containsExactly("ada");
          assertThat(context.getBean(Gallery.class)).isSameAs(faces.gallery());
          assertThat(context.getBean(FaceTracker.class).start().next(ada(3)).faces()).hasSize(1);
          assertThat(context).hasSingleBean(ModelStore.class);
        });
  }

  @Test
  void enabled() {
    with("facepipeline.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean(FacePipeline.class));
  }

  @Test
  void detector() throws IOException {
    for (String net : List.of("pnet", "rnet", "onet")) {
      String resource = DefaultModels.MTCNN + "/" + net + ".safetensors";
      try (InputStream in = DefaultModels.class.getResourceAsStream(resource)) {
        Files.copy(in, folder.resolve(net + ".safetensors"));
      }
    }
    with("facepipeline.detector=" + folder)
        .run(context -> assertThat(context.getBean(FacePipeline.class).detect(ada(1))).hasSize(1));
    with("facepipeline.detector=no-such")
        .run(
            context ->
                assertThat(context.getStartupFailure())
                    .rootCause()
                    .hasMessageContaining("no-such is neither")
                    .hasMessageContaining("mtcnn"));
  }

  @Test
  void embedder() {
    with("facepipeline.embedder=no-such")
        .run(
            context ->
                assertThat(context.getStartupFailure())
                    .rootCause()
                    .hasMessageContaining("no-such is neither a file"));
    Path file = SharedData.path("models/mobilefacenet/mobilefacenet_foamliu.pt");
    with("facepipeline.embedder=" + file)
        .run(
            context ->
                assertThat(context.getBean(FacePipeline.class).card().id())
                    .isEqualTo("mobilefacenet-foamliu"));
  }

  private static OnnxFaceEmbedder embedderOf(ApplicationContext context) {
    return (OnnxFaceEmbedder) context.getBean(FacePipeline.class).embedder().orElseThrow();
  }

  @Test
  void mirrored() {
    with("facepipeline.mirrored=true")
        .run(context -> assertThat(embedderOf(context).options().mirrored()).isTrue());
    application.run(context -> assertThat(embedderOf(context).options().mirrored()).isFalse());
  }

  @Test
  void threads() {
    with("facepipeline.threads=2")
        .run(context -> assertThat(embedderOf(context).options().threads()).isEqualTo(2));
    with("facepipeline.threads=0")
        .run(
            context ->
                assertThat(context.getStartupFailure())
                    .rootCause()
                    .hasMessageContaining("must be within 1 and 1024, got 0"));
  }

  @Test
  void minFaceSize() {
    with("facepipeline.min-face-size=400")
        .run(context -> assertThat(context.getBean(FacePipeline.class).detect(ada(1))).isEmpty());
  }

  @Test
  void verificationThreshold() {
    with("facepipeline.verification-threshold=0.99")
        .run(
            context ->
                assertThat(context.getBean(FacePipeline.class).verify(ada(1), ada(2)))
                    .satisfies(
                        verification -> {
                          assertThat(verification.threshold()).isEqualTo(0.99f);
                          assertThat(verification.same()).isFalse();
                        }));
  }

  @Test
  void models() {
    Path other = folder.resolve("more");
    with("facepipeline.models=" + folder + "," + other)
        .run(
            context ->
                assertThat(context.getBean(ModelStore.class).folders()).startsWith(folder, other));
  }

  @Test
  void offline() {
    with(
            "facepipeline.embedder=ir-101",
            "facepipeline.offline=true",
            "facepipeline.models=" + folder)
        .run(
            context ->
                assertThat(rootOf(context.getStartupFailure()))
                    .isInstanceOf(ModelNotFoundException.class)
                    .hasMessageContaining("ir-101")
                    .hasMessageContaining(folder.toString()));
  }

  @Test
  void acceptLicensesAndCache() throws IOException {
    Path cache = folder.resolve("cache");
    HttpServer origin = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
    origin.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(404, -1);
          exchange.close();
        });
    origin.start();
    System.setProperty(
        ModelStore.MIRROR_PROPERTY, "http://localhost:" + origin.getAddress().getPort());
    try {
      ApplicationContextRunner restricted =
          with(
              "facepipeline.embedder=edgeface-xs",
              "facepipeline.offline=false",
              "facepipeline.cache=" + cache);
      restricted.run(
          context ->
              assertThat(reason(context.getStartupFailure()))
                  .isEqualTo(ModelStoreException.Reason.LICENSE));
      assertThat(cache).doesNotExist();
      restricted
          .withPropertyValues("facepipeline.accept-licenses=edgeface-xs")
          .run(
              context ->
                  assertThat(reason(context.getStartupFailure()))
                      .as("it is asked for")
                      .isEqualTo(ModelStoreException.Reason.DOWNLOAD));
      assertThat(cache).isDirectory();
    } finally {
      System.clearProperty(ModelStore.MIRROR_PROPERTY);
      origin.stop(0);
    }
  }

  private static ModelStoreException.Reason reason(Throwable failure) {
    Throwable root = rootOf(failure);
    assertThat(root).isInstanceOf(ModelStoreException.class);
    return ((ModelStoreException) root).reason();
  }

  @Test
  void commercialUseOnly() {
    with("facepipeline.embedder=edgeface-xs", "facepipeline.commercial-use-only=true")
        .run(
            context ->
                assertThat(reason(context.getStartupFailure()))
                    .isEqualTo(ModelStoreException.Reason.LICENSE));
  }

  @Test
  void galleryPath() {
    String path = "facepipeline.gallery.path=" + folder.resolve("people");
    with(path)
        .run(
            context -> {
              context.getBean(FacePipeline.class).enroll("ada", ada(1));
              assertThat(context.getBean(Gallery.class).stats().bytesOnDisk()).isPositive();
              with(path)
                  .run(
                      second -> {
                        Throwable root = rootOf(second.getStartupFailure());
                        assertThat(((GalleryException) root).reason())
                            .isEqualTo(GalleryException.Reason.IN_USE);
                      });
            });
    with(path)
        .run(context -> assertThat(context.getBean(Gallery.class).labels()).containsExactly("ada"));
  }

  @Test
  void galleryReadOnly() {
    String path = "facepipeline.gallery.path=" + folder.resolve("people");
    with(path).run(context -> context.getBean(FacePipeline.class).enroll("ada", ada(1)));
    with(path, "facepipeline.gallery.read-only=true")
        .run(
            context -> {
              assertThat(context.getBean(Gallery.class).isReadOnly()).isTrue();
              assertThatThrownBy(() -> context.getBean(Gallery.class).remove("ada"))
                  .isInstanceOf(GalleryException.class);
            });
    with("facepipeline.gallery.read-only=true")
        .run(
            context ->
                assertThat(context.getStartupFailure())
                    .rootCause()
                    .hasMessageContaining("set facepipeline.gallery.path"));
  }

  /** Whoever names a gallery of the database wants its people kept, not forgotten at the end. */
  @Test
  void galleryNameIsForADatabase() {
    with("facepipeline.gallery.name=staff")
        .run(
            context ->
                assertThat(context.getStartupFailure())
                    .rootCause()
                    .hasMessageContaining("set facepipeline.gallery.jdbc=true"));
  }

  @Test
  void galleryThreshold() {
    with("facepipeline.gallery.threshold=0.87")
        .run(
            context -> {
              assertThat(context.getBean(Gallery.class).threshold()).isEqualTo(0.87f);
              assertThat(context.getBean(FaceTracker.class).toString()).contains("0.87");
            });
    with("facepipeline.gallery.threshold=0.87", "facepipeline.gallery.path=" + folder)
        .run(context -> assertThat(context.getBean(Gallery.class).threshold()).isEqualTo(0.87f));
  }

  @Test
  void problemDetailsEnabled() {
    WebApplicationContextRunner web =
        new WebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(FacePipelineAutoConfiguration.class));
    web.run(context -> assertThat(context).hasSingleBean(ProblemHandler.class));
    web.withPropertyValues("facepipeline.problem-details.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean(ProblemHandler.class));
    application.run(context -> assertThat(context).doesNotHaveBean(ProblemHandler.class));
  }

  @Test
  void aPipelineOfOnesOwnReplacesAll() {
    application
        .withBean(
            "own", FacePipeline.class, () -> FacePipeline.builder().withoutClassifier().build())
        .run(
            context -> {
              assertThat(context).hasSingleBean(FacePipeline.class).hasBean("own");
              assertThat(context).doesNotHaveBean(Gallery.class);
              assertThat(context).hasSingleBean(FaceTracker.class);
            });
  }

  @Test
  void stagesOfOnesOwnBecomePartOfThePipeline() {
    FaceDetector detector = DefaultModels.mtcnn().minFaceSize(40).build();
    FaceEmbedder embedder = DefaultModels.embedder();
    List<String> told = new CopyOnWriteArrayList<>();
    application
        .withBean(FaceDetector.class, () -> detector)
        .withBean(FaceEmbedder.class, () -> embedder)
        .withBean(FaceSelection.class, FaceSelection::largest)
        .withBean(
            StageListener.class, () -> (stage, faces, took, failure) -> told.add(stage + faces))
        .run(
            context -> {
              FacePipeline faces = context.getBean(FacePipeline.class);
              assertThat(faces.detector()).isSameAs(detector);
              assertThat(faces.embedder()).containsSame(embedder);
              assertThat(faces.detect(ada(1))).hasSize(1);
              assertThat(told).containsExactly("detect1");
            });
    assertThatThrownBy(() -> detector.detect(ada(1))).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aClassifierOrAFactoryOfOnesOwnReplacesTheGallery() {
    AtomicReference<Gallery> made = new AtomicReference<>();
    application
        .withBean(
            FaceClassifier.Factory.class,
            () ->
                card -> {
                  made.set(Gallery.inMemory(card, 0.5f));
                  return made.get();
                })
        .run(
            context -> {
              assertThat(context).doesNotHaveBean(Gallery.class);
              assertThat(context.getBean(FacePipeline.class).classifier()).containsSame(made.get());
            });
    application
        .withBean(
            Gallery.class,
            () -> {
              try (FaceEmbedder embedder = DefaultModels.embedder()) {
                return Gallery.inMemory(embedder.card(), 0.6f);
              }
            })
        .run(
            context ->
                assertThat(context.getBean(FacePipeline.class).gallery())
                    .isSameAs(context.getBean(Gallery.class)));
  }

  @Test
  void theEndOfTheApplicationClosesEverything() {
    AtomicReference<FacePipeline> faces = new AtomicReference<>();
    Path people = folder.resolve("people");
    with("facepipeline.gallery.path=" + people)
        .run(context -> faces.set(context.getBean(FacePipeline.class)));
    assertThatThrownBy(() -> faces.get().detect(ada(1))).isInstanceOf(IllegalStateException.class);
    Gallery.open(people).close(); // whose lock is free again
  }
}
