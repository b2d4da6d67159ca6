package io.facepipeline.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.facepipeline.FaceCountException;
import io.facepipeline.FacePipeline;
import io.facepipeline.Image;
import io.facepipeline.ImageException;
import io.facepipeline.testkit.SharedData;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/** Health and meters of the pipeline. */
class MonitoringTest {
  private static final Image EMPTY = Image.ofGrey(100, 100, new byte[10_000]);

  private final ApplicationContextRunner application =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(FacePipelineAutoConfiguration.class));

  private static Image photo() {
    return Image.read(SharedData.album("people/ada/ada_1.jpg"));
  }

  private static MeterRegistry bound(ApplicationContext context) {
    MeterRegistry registry = new SimpleMeterRegistry();
    context.getBeansOfType(MeterBinder.class).values().forEach(b -> b.bindTo(registry));
    return registry;
  }

  @Test
  void aHealthyPipelineTellsOfItsGallery() {
    application.run(
        context -> {
          context.getBean(FacePipeline.class).enroll("ada", photo());
          Health health =
              context.getBean("facepipelineHealthIndicator", HealthIndicator.class).health();
          assertThat(health.getStatus()).isEqualTo(Status.UP);
          assertThat(health.getDetails())
              .isEqualTo(
                  Map.of("model", "compact-default", "people", 1, "faces", 1, "readOnly", false));
        });
  }

  @Test
  void aPipelineThatIsClosedIsDown() {
    application.run(
        context -> {
          context.getBean(FacePipeline.class).close();
          Health health =
              context.getBean("facepipelineHealthIndicator", HealthIndicator.class).health();
          assertThat(health.getStatus()).isEqualTo(Status.DOWN);
          assertThat(health.getDetails()).isEqualTo(Map.of("error", "closed"));
        });
  }

  @Test
  void healthIsSwitchedOffAsAnyOther() {
    application
        .withPropertyValues("management.health.facepipeline.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean("facepipelineHealthIndicator"));
  }

  @Test
  void anApplicationNeedsNeitherHealthNorMetersNorTheWeb() {
    application
        .withClassLoader(
            new FilteredClassLoader(
                "org.springframework.boot.health",
                "org.springframework.boot.actuate",
                "io.micrometer",
                "org.springframework.web",
                "org.springframework.http"))
        .run(
            context -> {
              assertThat(context).hasSingleBean(FacePipeline.class);
              assertThat(context).doesNotHaveBean("facepipelineHealthIndicator");
              assertThat(context).doesNotHaveBean("faceStageMeters");
            });
  }

  @Test
  void metersTellTimeFacesGalleryAndErrors() {
    application.run(
        context -> {
          MeterRegistry registry = bound(context);
          FacePipeline faces = context.getBean(FacePipeline.class);
          assertThat(registry.get("facepipeline.faces").counter().count()).isZero();

          faces.enroll("ada", photo());
          faces.identify(photo());
          assertThatThrownBy(() -> faces.enroll("nobody", EMPTY))
              .isInstanceOf(FaceCountException.class);

          assertThat(registry.get("facepipeline.faces").counter().count()).isEqualTo(2);
          assertThat(
                  registry
                      .get("facepipeline.stage")
                      .tags("stage", "detect", "error", "none")
                      .timer()
                      .count())
              .isEqualTo(3);
          assertThat(
                  registry
                      .get("facepipeline.stage")
                      .tags("stage", "classify", "error", "none")
                      .timer()
                      .totalTime(java.util.concurrent.TimeUnit.NANOSECONDS))
              .isPositive();
          assertThat(registry.get("facepipeline.gallery.people").gauge().value()).isEqualTo(1);
          assertThat(registry.get("facepipeline.gallery.faces").gauge().value()).isEqualTo(1);
          assertThat(registry.get("facepipeline.errors").tags("kind", "no-face").counter().count())
              .isEqualTo(1);
        });
  }

  @Test
  void aFailureCountsOnceHoweverOftenItPasses() {
    application.run(
        context -> {
          MeterRegistry registry = bound(context);
          ErrorMeters errors = context.getBean(ErrorMeters.class);
          ImageException damaged =
              new ImageException("upload", ImageException.Reason.CORRUPT, "is damaged");
          errors.accept(damaged);
          errors.accept(damaged);
          errors.accept(new ImageException("other", ImageException.Reason.CORRUPT, "is damaged"));
          assertThat(
                  registry
                      .get("facepipeline.errors")
                      .tags("kind", "image-corrupt")
                      .counter()
                      .count())
              .isEqualTo(2);
        });
  }
}
