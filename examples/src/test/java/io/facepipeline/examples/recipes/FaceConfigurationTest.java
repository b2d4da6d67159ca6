package io.facepipeline.examples.recipes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.facepipeline.FacePipeline;
import io.facepipeline.Image;
import io.facepipeline.testkit.SharedData;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;

class FaceConfigurationTest {
  private static final Image ADA = Image.read(SharedData.album("people/ada/ada_1.jpg"));

  @TempDir Path folder;

  @Test
  void aSpringApplicationHasOnePipelineAndClosesIt() {
    FacePipeline faces;
    try (AnnotationConfigApplicationContext application = application()) {
      faces = application.getBean(FacePipeline.class);
      faces.enroll("ada", ADA);
    }
    assertThrows(IllegalStateException.class, () -> faces.detect(ADA));
    try (AnnotationConfigApplicationContext again = application()) {
      assertEquals(List.of("ada"), again.getBean(FacePipeline.class).gallery().labels());
    }
  }

  private AnnotationConfigApplicationContext application() {
    AnnotationConfigApplicationContext application = new AnnotationConfigApplicationContext();
    application
        .getEnvironment()
        .getPropertySources()
        .addFirst(
            new MapPropertySource(
                "test", Map.of("faces.gallery", folder.resolve("gallery").toString())));
    application.register(FaceConfiguration.class);
    application.refresh();
    return application;
  }
}
